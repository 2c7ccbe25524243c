//! `/procedures/complaint` and `/looks/{look}/complaint`: the person complains about how data about them was handled.

use axum::{
    extract::{Multipart, Path, multipart::MultipartRejection},
    response::Response,
};
use model::{
    EventId, PersonId,
    procedure::{Matter, Speaker},
};
use registry::Complain;

use super::{
    case_form::{self, Area, CasePage, Choice, Choosing, Problem, Question, Sent},
    certificates::see_other,
};
use crate::{
    acting::{ForPerson, Procedures},
    fault::Fault,
    page::{Page, Section},
    process,
    visit::Visit,
    words::Key,
};

/// A look that shows to the person.
fn look(id: &str) -> Result<EventId, Fault> {
    id.parse().map_err(|_| Fault::NotFound)
}

/// What a complaint may be about.
fn matters(page: &Page, sent: &Sent, look: Option<EventId>) -> Question {
    let chosen = sent.one("about");
    let before = match look {
        Some(_) => Matter::ImproperLook.as_str(),
        None => "",
    };
    let chosen = if chosen.is_empty() { before } else { &chosen };
    let choices = Matter::ALL.iter().map(|matter| Choice {
        value: matter.as_str().to_owned(),
        text: page.say(process::matter(*matter)).to_string(),
        chosen: matter.as_str() == chosen,
    });
    Question {
        name: "about",
        label: Key("complain-about"),
        hint: None,
        choosing: Choosing::Radios,
        choices: choices.collect(),
    }
}

/// Which body handled the data. Where it is about a look, whoever looked.
fn bodies(visit: &Visit, page: &Page, sent: &Sent) -> Question {
    let (profile, language) = (visit.state.profile(), visit.language);
    let chosen = sent.one("body");
    let unknown = Choice {
        value: String::new(),
        text: page.say("complain-body-unknown").to_string(),
        chosen: chosen.is_empty(),
    };
    let authorities = profile.authorities.values().map(|one| (&one.id, &one.name));
    let inquirers = profile.inquirers.values().map(|one| (&one.id, &one.name));
    let named = authorities.chain(inquirers).map(|(id, name)| Choice {
        value: id.clone(),
        text: name.get(language).to_owned(),
        chosen: *id == chosen,
    });
    Question {
        name: "body",
        label: Key("complain-body"),
        hint: None,
        choosing: Choosing::Select,
        choices: std::iter::once(unknown).chain(named).collect(),
    }
}

fn page(visit: &Visit, look: Option<EventId>, sent: &Sent) -> CasePage {
    let (section, lead, back, action) = match look {
        None => (
            Section::Procedures,
            Key("complain-lead"),
            ("/procedures".to_owned(), Key("nav-procedures")),
            "/procedures/complaint".to_owned(),
        ),
        Some(id) => (
            Section::Looks,
            Key("complain-look-lead"),
            ("/looks".to_owned(), Key("nav-looks")),
            format!("/looks/{id}/complaint"),
        ),
    };
    let words = (Key("complain-title"), lead, Key("complain-button"));
    let mut page = CasePage::new(visit, section, words);
    page.back = back;
    page.action = action;
    page.questions = vec![matters(&page.page, sent, look)];
    if look.is_none() {
        page.questions.push(bodies(visit, &page.page, sent));
    }
    page.areas = vec![Area {
        name: "text",
        label: Key("complain-text"),
        hint: Key("complain-text-hint"),
        value: sent.one("text"),
    }];
    page
}

async fn open(
    visit: &Visit,
    (person, by): (PersonId, Speaker),
    look: Option<EventId>,
    mut sent: Sent,
) -> Result<Response, Fault> {
    let mut page = page(visit, look, &sent);
    page.problem = sent.problem(&page);
    let Ok(about) = sent.one("about").parse::<Matter>() else {
        page.problem = Some(Problem {
            field: "about",
            words: page.page.say("complain-about-missing").to_string(),
        });
        return page.answer();
    };
    if page.problem.is_none() {
        let complaint = Complain {
            by,
            about,
            look,
            body: Some(sent.one("body")).filter(|body| !body.is_empty()),
            text: sent.one("text"),
            files: std::mem::take(&mut sent.files),
        };
        match visit.state.registry.open_complaint(person, complaint).await {
            Ok(procedure) => return Ok(see_other(format!("/procedures/{procedure}"))),
            Err(error) => page.problem = Some(case_form::problem(&page, error)?),
        }
    }
    page.answer()
}

/// `GET /procedures/complaint`
pub(crate) async fn show(ForPerson { visit, .. }: ForPerson<Procedures>) -> Result<Response, Fault> {
    page(&visit, None, &Sent::default()).answer()
}

/// `POST /procedures/complaint`
pub(crate) async fn complain(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let sent = case_form::receive(&visit, form).await?;
    open(&visit, (person, by), None, sent).await
}

/// `GET /looks/{look}/complaint`
pub(crate) async fn show_for_look(
    ForPerson { visit, .. }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    page(&visit, Some(look(&id)?), &Sent::default()).answer()
}

/// `POST /looks/{look}/complaint`
pub(crate) async fn complain_of_look(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let sent = case_form::receive(&visit, form).await?;
    open(&visit, (person, by), Some(look(&id)?), sent).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, between};

    #[tokio::test]
    async fn a_person_complains_about_a_body_and_takes_it_back() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let form = person.get("/procedures/complaint").await.body;
        for words in ["Data got out", "Example Hospital", "I do not know"] {
            assert!(form.contains(words), "{words}: {form}");
        }
        let token = person.token();
        let nothing: [(&str, &[u8]); 2] = [("token", token.as_bytes()), ("text", b"kept words")];
        let again = person.upload("/procedures/complaint", &nothing).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("href=\"#about-1\""), "{}", again.body);
        assert!(again.body.contains("id=\"about-error\"") && again.body.contains("kept words"));
        let fields: [(&str, &[u8]); 4] = [
            ("token", token.as_bytes()),
            ("about", b"leak"),
            ("body", b"example-hospital"),
            ("text", b"made-up complaint"),
        ];
        let opened = person.upload("/procedures/complaint", &fields).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let procedure = opened.location.unwrap();
        let page = person.get(&procedure).await.body;
        for words in ["23 December 2026", "Data got out", "made-up complaint"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let list = person.get("/procedures").await.body;
        assert_eq!(
            between(&list, "href=\"/procedures/", "\""),
            procedure.rsplit('/').next().unwrap()
        );
        let sure = person.get(&format!("{procedure}/take-back")).await.body;
        assert!(sure.contains("cannot be undone"), "{sure}");
        person.post(&format!("{procedure}/take-back"), &[]).await;
        assert!(person.get(&procedure).await.body.contains("taken back"));
    }

    #[tokio::test]
    async fn a_complaint_about_a_look_is_about_one_that_shows_to_the_person() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let address = format!("/looks/{}/complaint", "0".repeat(32));
        let token = person.token();
        let fields: [(&str, &[u8]); 3] = [
            ("token", token.as_bytes()),
            ("about", b"improper-look"),
            ("text", b"made up"),
        ];
        assert_eq!(
            person.upload(&address, &fields).await.status,
            StatusCode::NOT_FOUND
        );
    }
}
