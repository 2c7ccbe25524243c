//! `/consents`: requests to decide, consents that run, and those that have ended.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use model::{
    RecordKind,
    consent::{ConsentStanding, Terms},
};
use profile::{Language, Profile};
use registry::ConsentView;

use crate::{
    acting::{Consents, ForPerson},
    fault::Fault,
    page::{Page, Section, html},
    said::{self, GroundView},
    words::Key,
};

/// A consent in a list, and as the head of its own page.
pub(crate) struct ConsentCard {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) purpose: String,
    pub(crate) standing: ConsentStanding,
    pub(crate) word: Key,
    pub(crate) asked_at: Timestamp,
    /// What was granted, or asked for where nothing was.
    pub(crate) terms: TermsView,
    pub(crate) used: u64,
    /// Whether the purpose allows less today than was asked for or granted.
    pub(crate) narrowed: bool,
    pub(crate) ceiling: Option<Ceiling>,
}

/// What a consent lets be seen, in words.
pub(crate) struct TermsView {
    pub(crate) profession: String,
    pub(crate) kinds: Vec<KindFields>,
    pub(crate) from: Date,
    pub(crate) until: Date,
    pub(crate) looks: u64,
    pub(crate) keep_days: u64,
}

/// Fields of one kind of record.
pub(crate) struct KindFields {
    pub(crate) kind: Key,
    pub(crate) word: &'static str,
    pub(crate) fields: Vec<FieldName>,
}

/// A field by its name in the profile, and its label.
pub(crate) struct FieldName {
    pub(crate) name: String,
    pub(crate) label: String,
}

impl KindFields {
    /// The labels in a row.
    pub(crate) fn labels(&self, page: &Page) -> String {
        let labels: Vec<&str> = self.fields.iter().map(|field| field.label.as_str()).collect();
        labels.join(if page.in_chinese() { "、" } else { ", " })
    }
}

/// What may be asked for under the purpose at most, and where that comes from.
pub(crate) struct Ceiling {
    pub(crate) days: u64,
    pub(crate) looks: u64,
    pub(crate) keep_days: u64,
    pub(crate) ground: GroundView,
}

/// Where a consent stands.
pub(crate) fn standing(standing: ConsentStanding) -> Key {
    match standing {
        ConsentStanding::Asked => Key("consent-asked"),
        ConsentStanding::Lapsed => Key("consent-lapsed"),
        ConsentStanding::Refused => Key("consent-refused"),
        ConsentStanding::NotYet => Key("consent-not-yet"),
        ConsentStanding::Granted => Key("consent-granted"),
        ConsentStanding::Paused => Key("consent-paused"),
        ConsentStanding::Revoked => Key("consent-revoked"),
        ConsentStanding::Expired => Key("consent-expired"),
        ConsentStanding::UsedUp => Key("consent-used-up"),
    }
}

impl TermsView {
    fn new(profile: &Profile, terms: &Terms, language: Language) -> Self {
        let kinds = terms.fields.iter().filter(|(_, fields)| !fields.is_empty());
        Self {
            profession: said::profession(profile, &terms.profession, language),
            kinds: kinds
                .map(|(kind, fields)| KindFields {
                    kind: said::kind(*kind),
                    word: kind.as_str(),
                    fields: names(profile, *kind, fields, language),
                })
                .collect(),
            from: terms.from,
            until: terms.until,
            looks: terms.looks.into(),
            keep_days: terms.keep_answer_days.into(),
        }
    }
}

/// These fields in the profile's order.
fn names(
    profile: &Profile,
    kind: RecordKind,
    fields: &BTreeSet<String>,
    language: Language,
) -> Vec<FieldName> {
    let all = profile.record_type(kind).map(|one| one.fields.iter());
    let asked = all
        .into_iter()
        .flatten()
        .filter(|field| fields.contains(&field.name));
    asked
        .map(|field| FieldName {
            name: field.name.clone(),
            label: field.label.get(language).to_owned(),
        })
        .collect()
}

impl ConsentCard {
    /// The card of a consent.
    pub(crate) fn new(profile: &Profile, view: &ConsentView, today: Date, language: Language) -> Self {
        let purpose = profile.purposes.get(&view.purpose);
        let ceiling = profile.consent_terms(&view.purpose, &view.body);
        let ceiling = ceiling.map(|most| most.on(today));
        Self {
            id: view.consent.to_string(),
            body: said::authority(profile, &view.body, language),
            purpose: purpose.map_or(String::new(), |one| one.name.get(language).to_owned()),
            standing: view.standing,
            word: standing(view.standing),
            asked_at: view.asked_at,
            terms: TermsView::new(profile, view.granted.as_ref().unwrap_or(&view.asked), language),
            used: view.used.into(),
            narrowed: view.narrowed,
            ceiling: ceiling.map(|most| Ceiling {
                days: most.longest_days.into(),
                looks: most.most_looks.into(),
                keep_days: most.keep_answer_days.into(),
                ground: GroundView::new(&most.ground, language),
            }),
        }
    }

    /// Whether it waits for the person.
    pub(crate) fn waits(&self) -> bool {
        self.standing == ConsentStanding::Asked
    }

    /// Whether it rests.
    pub(crate) fn rests(&self) -> bool {
        self.standing == ConsentStanding::Paused
    }

    /// Whether it may be used now or later, and so be paused or taken back.
    pub(crate) fn runs(&self) -> bool {
        matches!(
            self.standing,
            ConsentStanding::Granted | ConsentStanding::NotYet | ConsentStanding::Paused
        )
    }
}

#[derive(Template)]
#[template(path = "consents.html")]
struct ConsentsPage {
    page: Page,
    waiting: Vec<ConsentCard>,
    running: Vec<ConsentCard>,
    ended: Vec<ConsentCard>,
}

/// `GET /consents`
pub(crate) async fn show(ForPerson { visit, person, .. }: ForPerson<Consents>) -> Result<Response, Fault> {
    let profile = visit.state.profile();
    let registry = &visit.state.registry;
    let (consents, today) = (registry.consents_of(person).await?, registry.today());
    let cards = consents
        .iter()
        .map(|one| ConsentCard::new(profile, one, today, visit.language));
    let (waiting, others): (Vec<_>, Vec<_>) = cards.partition(ConsentCard::waits);
    let (running, ended) = others.into_iter().partition(ConsentCard::runs);
    html(&ConsentsPage {
        page: visit.page(Section::Consents),
        waiting,
        running,
        ended,
    })
}

#[cfg(test)]
mod tests {
    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_request_says_who_asks_for_what_until_when_how_often_and_what_is_the_most() {
        let portal = Portal::demo().await;
        portal.ask_consent().await;
        let person = portal.as_person().await;
        let page = person.get("/consents").await.body;
        for words in [
            "Example Hospital",
            "Checking a licence before employment",
            "31 December 2026",
            "2 times",
            "30 days",
            "Category of penalty",
            "ninety days are enough",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let chinese = person.in_chinese().get("/consents").await.body;
        for words in ["示例医院", "录用前核实执业资格", "2026年12月31日", "处罚类别"] {
            assert!(chinese.contains(words), "{words}: {chinese}");
        }
        let other = portal.as_person_number(1).await.get("/consents").await.body;
        assert!(!other.contains("Example Hospital"), "{other}");
    }
}
