//! `/good-record`: what speaks for the person. They publish a commendation or don't, one at a time, read what was
//! proposed about them, and make and end pledges.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::{Timestamp, civil::Date};
use model::{PledgeId, RecordId, RecordKind, RecordStatus, procedure::Speaker};
use profile::{Language, Profile};
use registry::{
    EventKind, PersonFile, PledgeError, ProposalStanding, ProposalView, Publication, PublicationError,
    RecordView,
};

use super::certificates::see_other;
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    said::{self, FieldView},
    visit::{PersonVisit, Visit},
    words::Key,
};

/// A commendation of the person's.
struct Commendation {
    id: String,
    profession: String,
    fields: Vec<FieldView>,
    /// How it stands with its publication.
    standing: Key,
    since: Option<Timestamp>,
    /// Whether the person may say yes now, and whether they may say no.
    may_publish: bool,
    may_withdraw: bool,
}

/// A proposal about the person.
pub(super) struct Proposal {
    pub(super) association: String,
    pub(super) authority: String,
    pub(super) profession: String,
    pub(super) proposed_at: Timestamp,
    pub(super) standing: Key,
    decided_at: Option<Timestamp>,
    /// The last day to answer, while it waits.
    answer_by: Option<Date>,
    pub(super) fields: Vec<FieldView>,
}

/// A pledge that was made.
struct Made {
    id: String,
    text: String,
    profession: String,
    made_at: Timestamp,
}

/// A pledge that can be made.
struct Offered {
    value: String,
    text: String,
    profession: String,
}

#[derive(Template)]
#[template(path = "good-record.html")]
struct GoodRecordPage {
    page: Page,
    commendations: Vec<Commendation>,
    proposals: Vec<Proposal>,
    made: Vec<Made>,
    offered: Vec<Offered>,
    fault: Option<Key>,
}

/// What is said of a commendation's publication, and whether it can be published now.
fn standing(view: &RecordView, given: Option<&Publication>) -> (Key, bool) {
    let current = view.versions.last().map(|version| version.version);
    match given {
        Some(given) if given.published => (Key("good-published"), false),
        _ if view.status != RecordStatus::InForce => (Key("good-not-standing"), false),
        _ if view.disputed || view.withheld => (Key("good-disputed"), false),
        Some(given) if Some(given.version) != current => (Key("good-corrected"), true),
        _ => (Key("good-not-published"), true),
    }
}

fn commendation(profile: &Profile, file: &PersonFile, view: &RecordView, language: Language) -> Commendation {
    let publications = &file.good_record.publications;
    let given = publications.iter().find(|one| one.record == view.record);
    let (standing, may_publish) = standing(view, given);
    Commendation {
        id: view.record.to_string(),
        profession: said::profession(profile, &view.profession, language),
        fields: said::fields(profile, view.kind, &view.fields, language),
        standing,
        since: given.filter(|one| one.published).map(|one| one.given_at),
        may_publish,
        may_withdraw: given.is_some(),
    }
}

/// How a proposal stands, in words.
pub(super) fn proposal_standing(standing: ProposalStanding) -> Key {
    match standing {
        ProposalStanding::Waits => Key("proposal-waits"),
        ProposalStanding::TakenUp => Key("proposal-taken-up"),
        ProposalStanding::Declined => Key("proposal-declined"),
        ProposalStanding::Lapsed => Key("proposal-lapsed"),
    }
}

impl Proposal {
    pub(super) fn new(profile: &Profile, view: &ProposalView, language: Language) -> Self {
        let words = view.words.clone().unwrap_or_default();
        Self {
            association: said::authority(profile, &view.association, language),
            authority: said::authority(profile, &view.authority, language),
            profession: said::profession(profile, &view.profession, language),
            proposed_at: view.proposed_at,
            standing: proposal_standing(view.standing),
            decided_at: view
                .decided_at
                .filter(|_| view.standing != ProposalStanding::Lapsed),
            answer_by: view
                .kept_until
                .filter(|_| view.standing == ProposalStanding::Waits),
            fields: said::fields(profile, RecordKind::Commendation, &words, language),
        }
    }
}

/// What a pledge of the profile says; its id where the profile has it no more.
pub(super) fn pledge_text(profile: &Profile, word: &str, language: Language) -> String {
    let pledge = profile.pledges.get(word);
    pledge.map_or(word, |pledge| pledge.text.get(language)).to_owned()
}

/// The pledges that can still be made: in each profession with a licence that stands, those that are not made.
fn offered(profile: &Profile, file: &PersonFile, language: Language) -> Vec<Offered> {
    let stands =
        |view: &&RecordView| view.kind == RecordKind::Licence && view.status != RecordStatus::Withdrawn;
    let mut professions: Vec<&str> = file
        .records
        .iter()
        .filter(stands)
        .map(|view| view.profession.as_str())
        .collect();
    professions.sort_unstable();
    professions.dedup();
    let made = |profession: &str, word: &str| {
        let pledges = &file.good_record.pledges;
        pledges
            .iter()
            .any(|one| one.profession == profession && one.word == word)
    };
    let mut offered = Vec::new();
    for profession in professions {
        let open = profile
            .pledges
            .values()
            .filter(|one| one.is_for(profession) && !made(profession, &one.id));
        offered.extend(open.map(|one| Offered {
            value: format!("{profession}/{}", one.id),
            text: one.text.get(language).to_owned(),
            profession: said::profession(profile, profession, language),
        }));
    }
    offered
}

async fn page(visit: &Visit, person: model::PersonId, fault: Option<Key>) -> Result<GoodRecordPage, Fault> {
    let (registry, profile, language) = (&visit.state.registry, visit.state.profile(), visit.language);
    let file = registry.person_file(person, EventKind::OwnLook).await?;
    let commendations = file
        .records
        .iter()
        .filter(|view| view.kind == RecordKind::Commendation && view.status != RecordStatus::Erased);
    let pledges = file.good_record.pledges.iter();
    Ok(GoodRecordPage {
        page: visit.page(Section::GoodRecord),
        commendations: commendations
            .map(|view| commendation(profile, &file, view, language))
            .collect(),
        proposals: file
            .good_record
            .proposals
            .iter()
            .map(|view| Proposal::new(profile, view, language))
            .collect(),
        made: pledges
            .map(|one| Made {
                id: one.pledge.to_string(),
                text: pledge_text(profile, &one.word, language),
                profession: said::profession(profile, &one.profession, language),
                made_at: one.made_at,
            })
            .collect(),
        offered: offered(profile, &file, language),
        fault,
    })
}

/// `GET /good-record`
pub(crate) async fn show(PersonVisit { visit, person }: PersonVisit) -> Result<Response, Fault> {
    html(&page(&visit, person, None).await?)
}

fn back() -> Response {
    see_other("/good-record".to_owned())
}

fn record(id: &str) -> Result<RecordId, Fault> {
    id.parse().map_err(|_| Fault::NotFound)
}

/// `POST /good-record/{record}/publish`: the person says yes to one commendation.
pub(crate) async fn publish(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let given = registry.give_publication(person, record(&id)?, Speaker::Person);
    let fault = match given.await {
        Ok(()) => return Ok(back()),
        Err(PublicationError::NoSuchCommendation) => return Err(Fault::NotFound),
        Err(PublicationError::NotStanding) => Key("good-not-standing"),
        Err(PublicationError::Disputed) => Key("good-disputed"),
        Err(PublicationError::Mandate(_)) => return Err(Fault::Forbidden),
        Err(PublicationError::Registry(error)) => return Err(error.into()),
    };
    unprocessable(&page(&visit, person, Some(fault)).await?)
}

/// `POST /good-record/{record}/withdraw`: the person says no.
pub(crate) async fn withdraw(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let withdrawn = registry.withdraw_publication(person, record(&id)?, Speaker::Person);
    match withdrawn.await {
        Ok(()) => Ok(back()),
        Err(PublicationError::Registry(error)) => Err(error.into()),
        Err(_) => Err(Fault::NotFound),
    }
}

/// `POST /good-record/pledges`: the field `pledge`, a profession and the pledge's id with a slash between.
pub(crate) async fn pledge(
    PersonVisit { visit, person }: PersonVisit,
    form: Form,
) -> Result<Response, Fault> {
    let Some((profession, word)) = form.one("pledge").split_once('/') else {
        return unprocessable(&page(&visit, person, Some(Key("good-choose-pledge"))).await?);
    };
    match visit.state.registry.make_pledge(person, profession, word).await {
        Ok(_) | Err(PledgeError::Made) => Ok(back()),
        Err(PledgeError::Registry(error)) => Err(error.into()),
        Err(_) => unprocessable(&page(&visit, person, Some(Key("good-choose-pledge"))).await?),
    }
}

/// `POST /good-record/pledges/{pledge}/end`
pub(crate) async fn end_pledge(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: PledgeId = id.parse().map_err(|_| Fault::NotFound)?;
    match visit.state.registry.end_pledge(person, id).await {
        Ok(()) => Ok(back()),
        Err(PledgeError::Registry(error)) => Err(error.into()),
        Err(_) => Err(Fault::NotFound),
    }
}

fn unprocessable(page: &GoodRecordPage) -> Result<Response, Fault> {
    refused(StatusCode::UNPROCESSABLE_ENTITY, page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use model::RecordKind;

    use crate::pages::tests::Portal;

    /// A portal whose first two people were commended.
    async fn commended() -> Portal {
        let portal = Portal::demo().await;
        let rows = [0, 1].map(testkit::SourceRow::commendation);
        let rows = testkit::json_lines(&rows);
        portal.submit("law-bureau", RecordKind::Commendation, "c.jsonl", &rows);
        portal
    }

    /// The address that the first form with this ending posts to.
    fn action(page: &str, ending: &str) -> String {
        let mut actions = page
            .split("action=\"")
            .skip(1)
            .map(|part| part.split('"').next().unwrap());
        actions.find(|one| one.ends_with(ending)).unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_person_says_yes_to_one_and_everybody_sees_it_until_they_say_no() {
        let portal = commended().await;
        let name = testkit::made_up(0).name;
        assert!(!portal.get("/commendations").await.body.contains(&name));
        let person = portal.as_person().await;
        let page = person.get("/good-record").await.body;
        assert!(page.contains("法律援助先进个人（示例）"), "{page}");
        let yes = action(&page, "/publish");
        assert_eq!(person.post_raw(&yes, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            person.post(&yes, &[]).await.location.as_deref(),
            Some("/good-record")
        );
        let public = portal.get("/commendations").await;
        assert!(public.body.contains(&name), "{}", public.body);
        // No cache may keep what its person can take away at any moment.
        assert_eq!(public.headers["cache-control"], "no-store");
        let page = person.get("/good-record").await.body;
        assert!(page.contains("Published for everybody"), "{page}");
        let no = action(&page, "/withdraw");
        person.post(&no, &[]).await;
        let public = portal.get("/commendations").await;
        assert!(!public.body.contains(&name), "{}", public.body);
        assert_eq!(public.headers["cache-control"], "no-store");
    }

    #[tokio::test]
    async fn nobody_says_yes_for_somebody_else() {
        let portal = commended().await;
        let yes = action(
            &portal.as_person().await.get("/good-record").await.body,
            "/publish",
        );
        let other = portal.as_person_number(1).await;
        assert_eq!(other.post(&yes, &[]).await.status, StatusCode::NOT_FOUND);
        let clerk = portal.as_clerk().await;
        assert_eq!(clerk.post(&yes, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(clerk.get("/good-record").await.status, StatusCode::FORBIDDEN);
        assert!(
            !portal
                .get("/commendations")
                .await
                .body
                .contains(&testkit::made_up(0).name)
        );
    }

    #[tokio::test]
    async fn a_person_makes_a_pledge_and_ends_it() {
        let person = Portal::demo().await.as_person().await;
        let page = person.get("/good-record").await.body;
        assert!(page.contains("You have made no pledge"), "{page}");
        let none = person.post("/good-record/pledges", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("govuk-error-summary"), "{}", none.body);
        let odd = person
            .post("/good-record/pledges", &[("pledge", "doctor/free-consultation")])
            .await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        person
            .post("/good-record/pledges", &[("pledge", "lawyer/fees-in-writing")])
            .await;
        let page = person.get("/good-record").await.body;
        let end = action(&page, "/end");
        assert!(page.contains("state my fees in writing"), "{page}");
        assert!(
            person
                .in_chinese()
                .get("/good-record")
                .await
                .body
                .contains("书面告知收费项目")
        );
        person.post(&end, &[]).await;
        assert!(
            person
                .get("/good-record")
                .await
                .body
                .contains("You have made no pledge")
        );
        assert_eq!(person.post(&end, &[]).await.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn limit_2_the_public_page_has_no_search_no_count_and_nothing_of_those_who_said_nothing() {
        let portal = commended().await;
        for language in [portal.clone(), portal.in_chinese()] {
            let page = language.get("/commendations").await;
            assert_eq!(page.status, StatusCode::OK);
            let main = page
                .body
                .split("<main")
                .nth(1)
                .unwrap()
                .split("</main>")
                .next()
                .unwrap();
            assert!(!main.contains("<form") && !main.contains("<input"), "{main}");
            for n in 0..3 {
                assert!(!main.contains(&testkit::made_up(n).name), "{main}");
            }
        }
        assert_eq!(portal.get("/commendations?page=99").await.status, StatusCode::OK);
        assert_eq!(
            portal.get("/commendations?page=x").await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(portal.get("/commendations?name=a").await.status, StatusCode::OK);
    }
}
