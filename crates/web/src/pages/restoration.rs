//! `/records/{record}/restoration`: the person applies that a decision no longer counts, says how its duties were
//! fulfilled, and pledges.

use axum::{extract::Path, response::Response};
use model::{PersonId, RecordKind, procedure::Speaker};
use registry::{Apply, NamedRecord};

use super::{
    case_form::{self, Area, CasePage, Choice, Choosing, Question, Sent},
    certificates::see_other,
};
use crate::{
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    form::Form,
    page::Section,
    said,
    visit::Visit,
    words::Key,
};

/// The decision with this id.
async fn find(visit: &Visit, person: PersonId, by: Speaker, id: &str) -> Result<NamedRecord, Fault> {
    let found = acting::standing_record(visit, (person, by), id).await?;
    if found.kind == RecordKind::Decision {
        Ok(found)
    } else {
        Err(Fault::NotFound)
    }
}

fn page(visit: &Visit, record: &NamedRecord, sent: &Sent) -> CasePage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let words = (
        Key("restoration-title"),
        Key("restoration-lead"),
        Key("restoration-button"),
    );
    let mut page = CasePage::new(visit, Section::Records, words);
    page.back = acting::records_place(&page.page);
    page.action = format!("/records/{}/restoration", record.record);
    page.files = false;
    let made = sent.all("pledge");
    let pledges = profile
        .pledges
        .values()
        .filter(|one| one.is_for(&record.profession));
    let choices = pledges.map(|one| Choice {
        value: one.id.clone(),
        text: one.text.get(language).to_owned(),
        chosen: made.contains(&one.id.as_str()),
    });
    page.questions = vec![Question {
        name: "pledge",
        label: Key("restoration-pledge"),
        hint: Some(format!(
            "{} · {} · {} · {}",
            page.page.say(said::kind(record.kind)),
            said::profession(profile, &record.profession, language),
            said::authority(profile, &record.authority, language),
            page.page.day(&record.filed_on),
        )),
        choosing: Choosing::Checkboxes,
        choices: choices.collect(),
    }];
    page.areas = vec![Area {
        name: "duties",
        label: Key("restoration-duties"),
        hint: Key("restoration-duties-hint"),
        value: sent.one("duties"),
    }];
    page
}

/// `GET /records/{record}/restoration`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let record = find(&visit, person, by, &id).await?;
    page(&visit, &record, &Sent::default()).answer()
}

/// `POST /records/{record}/restoration`
pub(crate) async fn apply(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let sent = Sent::of(form);
    let record = find(&visit, person, by, &id).await?;
    let mut page = page(&visit, &record, &sent);
    let made = page.questions.iter().flat_map(|one| &one.choices);
    // As the person read it.
    let pledge: Vec<&str> = made
        .filter(|one| one.chosen)
        .map(|one| one.text.as_str())
        .collect();
    let application = Apply {
        by,
        decision: record.record,
        pledge: Some(pledge.join("\n")),
        duties: Some(sent.one("duties")),
    };
    match visit.state.registry.apply_restoration(person, application).await {
        Ok(procedure) => Ok(see_other(format!("/procedures/{procedure}"))),
        Err(error) => {
            page.problem = Some(case_form::problem(&page, error)?);
            page.answer()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, decision_csv, link};

    /// A person with a decision that took effect on this day.
    async fn decided(effective_on: &str) -> (Portal, String) {
        let portal = Portal::demo().await;
        let csv = decision_csv().replace("2026-03-01", effective_on);
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &csv);
        let person = portal.as_person().await;
        let page = person.get("/records").await.body;
        (person, page)
    }

    #[tokio::test]
    async fn a_person_applies_with_duties_and_a_pledge_and_reads_what_comes_next() {
        let (person, page) = decided("2026-03-01").await;
        let address = link(&page, "/restoration");
        let form = person.get(&address).await.body;
        assert!(form.contains("I pledge to practise lawfully"), "{form}");
        assert!(!form.contains("enctype"), "no files are asked for: {form}");
        let none = person.post(&address, &[("duties", "paid")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            none.body.contains("id=\"pledge-error\"") && none.body.contains("\npaid</textarea>"),
            "{}",
            none.body
        );
        let none = person.post(&address, &[("pledge", "lawful-practice")]).await.body;
        assert!(
            none.contains("id=\"duties-error\"") && none.contains(" checked>"),
            "{none}"
        );
        let fields = [("duties", "paid"), ("pledge", "lawful-practice")];
        let applied = person.post(&address, &fields).await;
        assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.body);
        let page = person.get(&applied.location.unwrap()).await.body;
        for words in [
            "26 November 2026",
            "counts as taken",
            "I pledge to practise lawfully",
            "paid",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let records = person.get("/records").await.body;
        assert!(
            records.contains("See your application for restoration"),
            "{records}"
        );
    }

    #[tokio::test]
    async fn where_it_is_too_early_the_page_says_from_when_on() {
        let (_, page) = decided("2026-11-10").await;
        assert!(!page.contains("/restoration\""), "{page}");
        assert!(page.contains("You can ask for restoration from"), "{page}");
    }
}
