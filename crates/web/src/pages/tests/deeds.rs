//! What happens before a page is looked at: consents, looks, mandates, disputes and certificates.

use axum::http::StatusCode;
use model::{ConsentId, MandateId, ProcedureId, RecordKind, consent::FieldsByKind, procedure::Speaker};
use registry::{
    ConsentAsk, DisputeAnswer, EventKind, InquiryError, InquiryRequest, MandateScope, NewMandate,
    OpenDispute, PersonFile, Under,
};
use testkit::{made_up, name_staff};

use super::{Answer, Portal, hidden};

impl Portal {
    /// Asks for a certificate for the visitor's licence and gives its address.
    pub(crate) async fn certificate(&self) -> String {
        let page = self.get("/certificates").await.body;
        let form = page.split("name=\"licence\"").nth(1).expect("a licence");
        let licence = form.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let answer = self.post("/certificates", &[("licence", licence)]).await;
        answer.location.expect("a certificate")
    }

    /// All that is held about the first person.
    pub(crate) async fn file(&self) -> PersonFile {
        let (registry, one) = (&self.installation.registry, made_up(0));
        let person = registry.find_person(&one.number, &one.name).await.unwrap();
        registry
            .person_file(person.unwrap(), EventKind::Download)
            .await
            .unwrap()
    }

    /// The hospital's wish to look at the first person until the end of the year, twice.
    pub(crate) async fn ask_consent(&self) -> ConsentId {
        self.with_staff("example-hospital").await;
        let person = made_up(0);
        let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let ask = ConsentAsk {
            body: "example-hospital".to_owned(),
            asker: "clerk".to_owned(),
            purpose: "employment-check".to_owned(),
            profession: "lawyer".to_owned(),
            fields: FieldsByKind::from([
                (RecordKind::Licence, fields(&["name", "licence_number", "scope"])),
                (RecordKind::Decision, fields(&["penalty"])),
            ]),
            from: None,
            until: Some("2026-12-31".parse().unwrap()),
            looks: Some(2),
            keep_answer_days: 30,
            id_number: person.number,
            name: person.name,
            nonce: None,
        };
        self.installation.registry.ask_consent(ask).await.unwrap()
    }

    /// What a look of the hospital at the first person by this consent comes to.
    pub(crate) async fn look_by_consent(&self, consent: ConsentId) -> &'static str {
        let person = made_up(0);
        let request = InquiryRequest {
            authority: "example-hospital".to_owned(),
            asker: "clerk".to_owned(),
            purpose: "employment-check".to_owned(),
            profession: "lawyer".to_owned(),
            under: Under::Consent(consent),
            id_number: person.number,
            name: person.name,
            nonce: None,
        };
        match self.installation.registry.inquire(request).await {
            Ok(_) => "answered",
            Err(InquiryError::Refused(refusal)) => refusal.code(),
            Err(other) => panic!("{other}"),
        }
    }

    /// Names a clerk of this body.
    async fn with_staff(&self, body: &'static str) {
        let installation = self.installation.clone();
        let named = tokio::task::spawn_blocking(move || name_staff(&installation.registry, body, "clerk"));
        named.await.unwrap();
    }

    /// A mandate of the first person for the second, until 1 December 2026.
    pub(crate) async fn mandate(&self, scope: &[MandateScope]) -> MandateId {
        let registry = &self.installation.registry;
        let mut people = Vec::new();
        for n in 0..2 {
            let one = made_up(n);
            people.push(
                registry
                    .find_person(&one.number, &one.name)
                    .await
                    .unwrap()
                    .unwrap(),
            );
        }
        let new = NewMandate {
            person: people[0],
            representative: people[1],
            scope: scope.iter().copied().collect(),
            from: "2026-11-23".parse().unwrap(),
            until: "2026-12-01".parse().unwrap(),
            registered_by: registry::SELF.to_owned(),
        };
        registry.register_mandate(new).await.unwrap()
    }

    /// The first person disputes their licence.
    pub(crate) async fn dispute(&self) -> ProcedureId {
        let (registry, one) = (&self.installation.registry, made_up(0));
        let person = registry
            .find_person(&one.number, &one.name)
            .await
            .unwrap()
            .unwrap();
        let dispute = OpenDispute {
            by: Speaker::Person,
            record: self.file().await.records[0].record,
            field: None,
            text: "made-up dispute".to_owned(),
            files: Vec::new(),
        };
        registry.open_dispute(person, dispute).await.unwrap()
    }

    /// The law bureau says that the record stands.
    pub(crate) async fn uphold(&self, procedure: ProcedureId) {
        let registry = &self.installation.registry;
        let reasons = "made-up reasons".to_owned();
        let answered = registry.answer_dispute("law-bureau", procedure, DisputeAnswer::Uphold, reasons);
        answered.await.unwrap();
    }

    /// A look by the law bureau at the first person.
    pub(crate) async fn look(&self) {
        let person = made_up(0);
        let request = InquiryRequest {
            authority: "law-bureau".into(),
            asker: "clerk".into(),
            purpose: "licensing-renewal".into(),
            profession: "lawyer".into(),
            id_number: person.number,
            name: person.name,
            under: testkit::under_law(),
            nonce: None,
        };
        testkit::name_staff(&self.installation.registry, "law-bureau", "clerk");
        self.installation.registry.inquire(request).await.unwrap();
    }

    /// The hospital asks the first person for consent, through its page, and the person grants it.
    pub(crate) async fn consent(&self) -> ConsentId {
        let hospital = self.as_hospital().await;
        let form = hospital.get("/ask/employment-check").await.body;
        let one = made_up(0);
        let fields = [
            ("once", hidden(&form, "once")),
            ("profession", "lawyer".to_owned()),
            ("fields", "licence.name".to_owned()),
            ("fields", "licence.licence_number".to_owned()),
            ("fields", "decision.penalty".to_owned()),
            ("until", "2026-12-31".to_owned()),
            ("looks", "2".to_owned()),
            ("keep", "30".to_owned()),
            ("id_number", one.number),
            ("name", one.name),
        ];
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let asked = hospital.post("/ask/employment-check", &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let (person, registry) = (self.person(0).await, self.registry());
        let view = registry.consents_of(person).await.unwrap().swap_remove(0);
        let answer = model::consent::ConsentAnswer::Granted(view.asked);
        let by = model::procedure::Speaker::Person;
        registry
            .decide_consent(person, view.consent, answer, by)
            .await
            .unwrap();
        view.consent
    }

    /// Has a member of a body's staff look so often that their account is stopped.
    pub(crate) async fn stop_member(&self, body: &str, staff: &str) {
        let oversight = self.profile().oversight.on(self.registry().today());
        let refusals = oversight.refusals_before_staff_stopped;
        let most = oversight.staff_ceiling_per_day;
        // A purpose has a lower ceiling than a day.
        let renewals = self.profile().purposes["licensing-renewal"]
            .daily_ceiling
            .on(self.registry().today())
            .number;
        for n in 0..most + refusals {
            let person = made_up(0);
            let purpose = if n < renewals {
                "licensing-renewal"
            } else {
                "cross-region-check"
            };
            let request = InquiryRequest {
                authority: body.to_owned(),
                asker: crate::portal_key(staff),
                purpose: purpose.to_owned(),
                profession: "lawyer".to_owned(),
                id_number: person.number,
                name: person.name,
                under: testkit::under_law(),
                nonce: None,
            };
            let looked = self.registry().inquire(request).await;
            assert_eq!(looked.is_ok(), n < most, "look {n}");
        }
    }

    /// A look of the hospital at the first person, by their consent, through its page.
    pub(crate) async fn look_of_the_hospital(&self) -> Answer {
        let path = format!("/look/consent/{}", self.consent().await);
        let hospital = self.as_hospital().await;
        let (once, one) = (hidden(&hospital.get(&path).await.body, "once"), made_up(0));
        let fields = [
            ("once", once.as_str()),
            ("id_number", one.number.as_str()),
            ("name", one.name.as_str()),
        ];
        hospital.post(&path, &fields).await
    }
}
