//! `/looks/{look}`: one look: who, for what, under a law or by consent, in which case and why, what was shown, and
//! the ways to object to it.

use askama::Template;
use axum::{extract::Path, response::Response};
use jiff::{Timestamp, civil::Date};
use model::EventId;
use registry::{LookDetail, LookFinding, Verdict};

use crate::{
    acting::{ForPerson, Records},
    fault::Fault,
    page::{Page, Section, html},
    process,
    said::{self, BasisView},
    visit::Visit,
    words::Key,
};

#[derive(Template)]
#[template(path = "look.html")]
struct LookPage {
    page: Page,
    id: String,
    at: Timestamp,
    body: String,
    staff: Option<String>,
    purpose: String,
    /// The consent that allowed it. None: it was under a law.
    consent: Option<String>,
    bases: Vec<BasisView>,
    /// Case reference and reason, where the person may read them.
    case: Option<(String, String)>,
    outcome: Key,
    /// When the person was told, where a law let that wait.
    told_at: Option<Timestamp>,
    /// Whether the look can be reconsidered.
    reconsidered: bool,
    /// What the person can do about it.
    object_words: Key,
    /// What reviewers found, in words, when, and why.
    findings: Vec<(Key, Timestamp, Option<String>)>,
}

/// `GET /looks/{look}`
pub(crate) async fn show(
    ForPerson { visit, person, .. }: ForPerson<Records>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id: EventId = id.parse().map_err(|_| Fault::NotFound)?;
    let detail = visit.state.registry.look_detail(person, id).await?;
    let detail = detail.ok_or(Fault::NotFound)?;
    let (profile, language) = (visit.state.profile(), visit.language);
    let purpose = profile.purposes.get(&detail.purpose);
    let reconsidered = detail.may_be_reconsidered();
    html(&LookPage {
        page: visit.page(Section::Looks),
        id: detail.look.to_string(),
        at: detail.at,
        body: said::authority(profile, &detail.body, language),
        bases: bases(&visit, &detail),
        staff: detail.staff,
        purpose: purpose.map_or(String::new(), |one| one.name.get(language).to_owned()),
        consent: detail.consent.map(|consent| consent.to_string()),
        case: detail.case.map(|case| (case.case_reference, case.reason)),
        outcome: process::outcome(&detail.outcome),
        told_at: detail.told_at,
        reconsidered,
        object_words: if reconsidered {
            Key("look-object-words")
        } else {
            Key("look-object-attempt")
        },
        findings: detail
            .findings
            .into_iter()
            .map(|one| (finding(&one), one.found_at, one.reasons))
            .collect(),
    })
}

/// What a reviewer found.
pub(crate) const fn finding(one: &LookFinding) -> Key {
    match one.verdict {
        _ if one.taken_back => Key("look-improper-taken-back"),
        Verdict::Proper => Key("look-proper"),
        Verdict::Improper => Key("look-improper"),
    }
}

/// The bases of the purpose in the professions that the body licenses. None of a look by consent.
fn bases(visit: &Visit, detail: &LookDetail) -> Vec<BasisView> {
    let profile = visit.state.profile();
    let (Some(purpose), Some(body), None) = (
        profile.purposes.get(&detail.purpose),
        profile.authorities.get(&detail.body),
        detail.consent,
    ) else {
        return Vec::new();
    };
    let on: Date = detail
        .at
        .to_zoned(visit.state.registry.time_zone().clone())
        .date();
    let bases = purpose.bases.iter().filter_map(|id| profile.bases.get(id));
    bases
        .filter(|basis| body.professions.contains(&basis.profession))
        .filter_map(|basis| BasisView::new(basis, on, visit.language))
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, between};

    #[tokio::test]
    async fn a_look_that_was_refused_or_found_nothing_says_so() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        assert_eq!(portal.look_by_consent(consent).await, "consent-not-given");
        let person = portal.as_person().await;
        let list = person.get("/looks").await.body;
        let start = list.find("\">Details").unwrap();
        let look = list[..start].rsplit("href=\"").next().unwrap();
        let page = person.get(look).await.body;
        assert!(page.contains("you had not answered"), "{page}");
        assert!(page.contains(&format!("href=\"/consents/{consent}\"")), "{page}");
        assert!(!page.contains("/reconsideration\""), "nothing was shown: {page}");
        let receipt = format!("{look}/receipt");
        assert_eq!(between(&page, &format!("href=\"{look}/receip"), "\""), "t");
        assert_eq!(person.get(&receipt).await.status, StatusCode::OK);
        let inbox = person.get("/inbox").await.body;
        assert!(inbox.contains("the rules refused it"), "{inbox}");
        assert!(inbox.contains(&format!("href=\"{look}\"")), "{inbox}");
        let chinese = person.in_chinese().get("/inbox").await.body;
        assert!(chinese.contains("按规则未获准许"), "{chinese}");
    }

    #[tokio::test]
    async fn a_refused_look_is_complained_of_from_its_own_page_and_counts_as_improper() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        portal.look_by_consent(consent).await;
        let person = portal.as_person().await;
        let list = person.get("/looks").await.body;
        let start = list.find("\">Details").unwrap();
        let look = list[..start].rsplit("href=\"").next().unwrap();
        let form = format!("{look}/complaint");
        let chinese = person.clone().in_chinese();
        for (visitor, says) in [
            (&person, "Nothing was shown. You can complain all the same"),
            (&chinese, "对方没有看到任何内容。您仍可以投诉"),
        ] {
            let page = visitor.get(look).await.body;
            assert!(page.contains(says), "{says}: {page}");
            assert!(page.contains(&format!("href=\"{form}\"")), "{page}");
            let nothing = visitor.get(&format!("{look}/reconsideration")).await.status;
            assert_eq!(nothing, StatusCode::NOT_FOUND, "there is nothing to reconsider");
        }
        let token = person.token();
        let fields: [(&str, &[u8]); 3] = [
            ("token", token.as_bytes()),
            ("about", b"improper-look"),
            ("text", b"made-up complaint"),
        ];
        let opened = person.upload(&form, &fields).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let procedure = opened.location.unwrap();
        let page = person.get(&procedure).await.body;
        assert!(
            page.contains(&format!("href=\"{look}\"")),
            "it names the look: {page}"
        );
        let (reviewer, id) = (portal.as_reviewer(0).await, procedure.rsplit('/').next().unwrap());
        let office = format!("/review/procedures/{id}");
        reviewer.post(&format!("{office}/take"), &[]).await;
        let answered = reviewer
            .post(
                &format!("{office}/answer"),
                &[
                    ("finding", "founded"),
                    ("reasons", "made-up reasons"),
                    ("measures", "made-up measures"),
                ],
            )
            .await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
        for (visitor, says) in [
            (&person, "The look was not proper"),
            (&chinese, "made-up reasons"),
        ] {
            let page = visitor.get(look).await.body;
            assert!(page.contains(says), "{says}: {page}");
            assert!(page.contains("/reconsideration\""), "{page}");
        }
        let figures = person.get("/oversight").await.body;
        assert!(figures.contains("data-body=\"example-hospital\">1<"), "{figures}");
        assert!(
            figures.contains("refused or found nothing"),
            "it says what counts: {figures}"
        );
    }
}
