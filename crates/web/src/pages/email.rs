//! `/inbox/email`: the person gives an address at which they are told that there is something in their inbox, enters
//! the code that was sent there, and takes the address away again.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use registry::{CodeLetter, EmailError, EmailView};

use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    state::Letters,
    visit::PersonVisit,
    words::{Key, Said},
};

/// Where the page is.
const PATH: &str = "/inbox/email";

/// The address that waits for its code.
struct Asked {
    address: String,
    until: Timestamp,
    letter: Key,
}

#[derive(Template)]
#[template(path = "email.html")]
struct EmailPage {
    page: Page,
    /// Whether letters leave this installation, or are printed where it runs.
    sends: bool,
    printed: bool,
    address: Option<String>,
    asked: Option<Asked>,
    /// What is wrong with the address, or with the code, that was just entered.
    address_fault: Option<Said>,
    code_fault: Option<Said>,
    /// The address as it was entered.
    entered: String,
}

impl EmailPage {
    fn new(visit: &PersonVisit, view: EmailView) -> Self {
        let letters = visit.visit.state.letters;
        Self {
            page: visit.visit.page(Section::None),
            sends: letters != Letters::None,
            printed: letters == Letters::Printed,
            address: view.address,
            asked: view.asked.map(|asked| Asked {
                address: asked.address,
                until: asked.until,
                letter: match asked.letter {
                    CodeLetter::Waits => Key("email-letter-waits"),
                    CodeLetter::Sent => Key("email-letter-sent"),
                    CodeLetter::Refused => Key("email-letter-refused"),
                },
            }),
            address_fault: None,
            code_fault: None,
            entered: String::new(),
        }
    }
}

/// `GET /inbox/email`
pub(crate) async fn show(visit: PersonVisit) -> Result<Response, Fault> {
    let view = visit.visit.state.registry.email_of(visit.person).await?;
    html(&EmailPage::new(&visit, view))
}

/// `POST /inbox/email`: the field `address`.
pub(crate) async fn ask(visit: PersonVisit, form: Form) -> Result<Response, Fault> {
    if visit.visit.state.letters == Letters::None {
        return Err(Fault::Forbidden);
    }
    let registry = &visit.visit.state.registry;
    let entered = form.one("address");
    let Err(error) = registry.ask_email(visit.person, entered).await else {
        return back();
    };
    let fault = match &error {
        EmailError::NoAddress => Key("email-invalid"),
        EmailError::TooOften => Key("email-too-often"),
        _ => return Err(failed(error)),
    };
    let view = registry.email_of(visit.person).await?;
    let page = EmailPage::new(&visit, view);
    let address_fault = Some(page.page.say(fault));
    let entered = entered.to_owned();
    refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        &EmailPage {
            address_fault,
            entered,
            ..page
        },
    )
}

/// `POST /inbox/email/confirm`: the field `code`.
pub(crate) async fn confirm(visit: PersonVisit, form: Form) -> Result<Response, Fault> {
    let registry = &visit.visit.state.registry;
    let Err(error) = registry.confirm_email(visit.person, form.one("code")).await else {
        return back();
    };
    let view = registry.email_of(visit.person).await?;
    let page = EmailPage::new(&visit, view);
    let fault = match &error {
        EmailError::WrongCode(left) => page.page.say(Key("email-code-wrong")).with("n", *left),
        EmailError::UsedUp => page.page.say(Key("email-code-used-up")),
        EmailError::Expired | EmailError::NothingAsked => page.page.say(Key("email-code-expired")),
        _ => return Err(failed(error)),
    };
    // Where there is no field for a code any more, the one for an address is where to go on.
    let (address_fault, code_fault) = match page.asked {
        Some(_) => (None, Some(fault)),
        None => (Some(fault), None),
    };
    refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        &EmailPage {
            address_fault,
            code_fault,
            ..page
        },
    )
}

/// `POST /inbox/email/remove`
pub(crate) async fn remove(visit: PersonVisit, _: Form) -> Result<Response, Fault> {
    visit.visit.state.registry.remove_email(visit.person).await?;
    back()
}

/// On to the page, so that nothing is sent twice when it is loaded anew.
fn back() -> Result<Response, Fault> {
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, PATH)]).into_response())
}

fn failed(error: EmailError) -> Fault {
    match error {
        EmailError::Registry(error) => error.into(),
        EmailError::NobodyKnown => Fault::NotFound,
        _ => Fault::Internal,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    const ADDRESS: &str = "somebody%40example.org";

    #[tokio::test]
    async fn an_address_is_given_confirmed_and_taken_away() {
        let person = Portal::demo().await.as_person().await;
        let page = person.get("/inbox/email").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("You have not given an address"),
            "{}",
            page.body
        );
        let asked = person.post("/inbox/email", &[("address", ADDRESS)]).await;
        assert_eq!(
            (asked.status, asked.location.as_deref()),
            (StatusCode::SEE_OTHER, Some("/inbox/email"))
        );
        let page = person.get("/inbox/email").await.body;
        assert!(
            page.contains("somebody@example.org") && page.contains("name=\"code\""),
            "{page}"
        );
        assert!(
            page.contains("You have not given an address"),
            "it does not count yet: {page}"
        );
        let code = person.code_in_the_letter().await;
        assert!(!page.contains(&code), "the code stands in the letter alone");
        let wrong = person.post("/inbox/email/confirm", &[("code", "1")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("4 more tries"), "{}", wrong.body);
        assert!(wrong.body.contains("href=\"#code\""));
        let code = code.replace(' ', "+");
        let done = person.post("/inbox/email/confirm", &[("code", &code)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let page = person.get("/inbox/email").await.body;
        assert!(
            page.contains("somebody@example.org") && !page.contains("name=\"code\""),
            "{page}"
        );
        // It is theirs alone, and in what they take with them.
        let json = person.get("/records/download.json").await.body;
        assert!(json.contains("somebody@example.org"));
        let other = person.as_person_number(1).await.get("/inbox/email").await.body;
        assert!(!other.contains("somebody@example.org"));
        assert_eq!(
            person.post("/inbox/email/remove", &[]).await.status,
            StatusCode::SEE_OTHER
        );
        let page = person.get("/inbox/email").await.body;
        assert!(!page.contains("somebody@example.org"), "{page}");
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_at_the_field_in_both_languages() {
        let person = Portal::demo().await.as_person().await;
        for (visitor, words) in [
            (person.clone(), "This is not an e-mail address"),
            (person.in_chinese(), "这不是有效的邮箱地址"),
        ] {
            let hostile = "a%40example.org%0D%0ABcc%3A%20b%40example.org";
            let page = visitor.post("/inbox/email", &[("address", hostile)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                page.body.contains(words) && page.body.contains("href=\"#address\""),
                "{}",
                page.body
            );
            assert!(
                page.body.contains("Bcc"),
                "what was entered is still there to be mended"
            );
            let none = visitor
                .post("/inbox/email/confirm", &[("code", "12345678")])
                .await;
            assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        for n in 0..5 {
            let address = format!("a{n}%40example.org");
            assert_eq!(
                person.post("/inbox/email", &[("address", &address)]).await.status,
                StatusCode::SEE_OTHER
            );
        }
        let page = person.post("/inbox/email", &[("address", ADDRESS)]).await;
        assert!(page.body.contains("tomorrow"), "{}", page.body);
    }

    #[tokio::test]
    async fn where_no_mail_is_sent_the_page_says_so_and_a_clerk_has_none() {
        let portal = Portal::demo().await;
        let person = portal.without_letters().as_person().await;
        let page = person.get("/inbox/email").await.body;
        assert!(
            page.contains("sends no e-mail") && !page.contains("name=\"address\""),
            "{page}"
        );
        let refused = person.post("/inbox/email", &[("address", ADDRESS)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(
            portal.as_clerk().await.get("/inbox/email").await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            portal.get("/inbox/email").await.location.as_deref(),
            Some("/sign-in")
        );
    }

    #[tokio::test]
    async fn the_forms_carry_the_token() {
        let person = Portal::demo().await.as_person().await;
        let forged = person.post_raw("/inbox/email", &[("address", ADDRESS)]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        person.post("/inbox/email", &[("address", ADDRESS)]).await;
        let page = person.get("/inbox/email").await.body;
        let token = format!("name=\"token\" value=\"{}\"", person.token());
        let forms: Vec<_> = page.split("<form ").skip(1).collect();
        assert!(forms.len() >= 3, "{page}");
        assert!(forms.iter().all(|form| form.contains(&token)), "{page}");
    }
}
