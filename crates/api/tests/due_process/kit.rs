//! What these tests share: two lawyers, the first with a decision, a clerk of the law bureau and of a hospital, and two
//! reviewers with keys.

use api::client::AuthorityKeyFile;
use axum::http::StatusCode;
use model::{PersonId, ProcedureId, RecordKind, procedure::Speaker};
use profile::Profile;
use registry::{EventKind, NoticeKind, OpenDispute, PersonFile, ReviewerKey};
use serde_json::Value;
use testkit::{Engine, Installation, SeededRandomness, SourceRow, gansu, made_up};

use crate::common::{Answer, Ask, Kit, register};

pub(crate) const LAW: &str = "law-bureau";
pub(crate) const HOSPITAL: &str = "example-hospital";

/// A whole PDF, as far as anybody here looks.
pub(crate) const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n";

/// Who signs, other than the law bureau's clerk.
pub(crate) struct Desk {
    pub(crate) kit: Kit,
    pub(crate) hospital: AuthorityKeyFile,
    pub(crate) one: AuthorityKeyFile,
    pub(crate) two: AuthorityKeyFile,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Law,
    Hospital,
    One,
    Two,
}

/// A new key of a reviewer, who is registered with it.
pub(crate) fn reviewer(kit: &Kit, id: &str, seed: u64) -> AuthorityKeyFile {
    let registry = &kit.installation.registry;
    let (text, _) = AuthorityKeyFile::generate(&format!("{id}-key"), &SeededRandomness::new(seed)).unwrap();
    let key = AuthorityKeyFile::read(&text).unwrap();
    registry.add_reviewer(id, "测试员", None).unwrap();
    let row = ReviewerKey {
        key_id: key.key_id().to_owned(),
        reviewer: id.to_owned(),
        public_key: key.public_key().try_into().unwrap(),
    };
    registry.add_reviewer_key(row).unwrap();
    key
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(gansu())
    }

    pub(crate) fn with(profile: Profile) -> Self {
        let here = Installation::with(Engine::Sqlite, profile);
        let licences = [SourceRow::licence(1), SourceRow::licence(2)];
        here.file(LAW, RecordKind::Licence, &licences);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let kit = Kit::of(here, LAW, api::Options::default());
        let hospital = register(&kit.installation.registry, "hospital-1", HOSPITAL, 9);
        let (one, two) = (reviewer(&kit, "reviewer-1", 11), reviewer(&kit, "reviewer-2", 12));
        Self {
            kit,
            hospital,
            one,
            two,
        }
    }

    pub(crate) async fn send(&self, by: By, ask: &Ask) -> Answer {
        let key = match by {
            By::Law => &self.kit.key,
            By::Hospital => &self.hospital,
            By::One => &self.one,
            By::Two => &self.two,
        };
        self.kit.send(self.kit.sign_as(key, ask)).await
    }

    /// Asks for what is there, held against its schema.
    pub(crate) async fn get(&mut self, by: By, path: &str, schema: &str) -> Value {
        let answer = self.send(by, &Ask::new("GET", path)).await;
        self.held(answer, StatusCode::OK, schema).await
    }

    /// Posts a body, held against its schema, and answers what came, held against its.
    pub(crate) async fn post(
        &mut self,
        by: By,
        path: &str,
        (schema, body): (&str, Value),
        answers: (u16, &str),
    ) -> Value {
        self.kit.hold(schema, &body).await;
        let answer = self.send(by, &Ask::new("POST", path).json(&body)).await;
        self.held(answer, StatusCode::from_u16(answers.0).unwrap(), answers.1)
            .await
    }

    /// Posts without a body.
    pub(crate) async fn tell(&mut self, by: By, path: &str, answers: (u16, &str)) -> Value {
        let answer = self.send(by, &Ask::new("POST", path)).await;
        self.held(answer, StatusCode::from_u16(answers.0).unwrap(), answers.1)
            .await
    }

    async fn held(&mut self, answer: Answer, status: StatusCode, schema: &str) -> Value {
        assert_eq!(answer.status, status, "{answer:?}");
        if status == StatusCode::NO_CONTENT {
            assert!(answer.body.is_empty());
            return Value::Null;
        }
        assert_eq!(answer.header("cache-control"), "no-store");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for n in 1..=2 {
            // The authority that filed a record reads what it filed.
            assert!(
                schema == "Procedure" || !text.contains(&made_up(n).number),
                "nobody's number is in {schema}"
            );
            assert!(
                !text.contains(&self.person(n).await.to_string()),
                "nobody's own pseudonym is in {schema}"
            );
        }
        let value = answer.json();
        self.kit.hold(schema, &value).await;
        value
    }

    /// The code of the refusal of a body.
    pub(crate) async fn refusal(&mut self, by: By, path: &str, body: Value) -> String {
        let answer = self.send(by, &Ask::new("POST", path).json(&body)).await;
        self.code(answer).await
    }

    /// The code of a refusal, which is held against its schema.
    pub(crate) async fn code(&mut self, answer: Answer) -> String {
        assert!(answer.status.is_client_error(), "{answer:?}");
        let code = answer.problem();
        self.kit.hold("Problem", &answer.json()).await;
        code
    }

    pub(crate) async fn person(&self, n: u32) -> PersonId {
        let person = made_up(n);
        let found = self
            .kit
            .installation
            .registry
            .find_person(&person.number, &person.name);
        found.await.unwrap().unwrap()
    }

    pub(crate) async fn file_of(&self, n: u32) -> PersonFile {
        let person = self.person(n).await;
        let registry = &self.kit.installation.registry;
        registry.person_file(person, EventKind::OwnLook).await.unwrap()
    }

    /// How many events of this kind a person has.
    pub(crate) async fn events(&self, n: u32, kind: EventKind) -> usize {
        let events = self.file_of(n).await.events;
        events.iter().filter(|event| event.kind == kind).count()
    }

    /// How many notices of this kind a person has.
    pub(crate) async fn notices(&self, n: u32, kind: NoticeKind) -> usize {
        let notices = self.kit.installation.registry.notices(self.person(n).await);
        let notices = notices.await.unwrap();
        notices.iter().filter(|notice| notice.kind == kind).count()
    }

    /// The first person disputes a record of this kind, with a file.
    pub(crate) async fn dispute(&self, kind: RecordKind) -> ProcedureId {
        let file = self.file_of(1).await;
        let record = file.records.iter().find(|record| record.kind == kind).unwrap();
        let dispute = OpenDispute {
            by: Speaker::Person,
            record: record.record,
            field: None,
            text: "made-up objection".to_owned(),
            files: vec![PDF.to_vec()],
        };
        let person = self.person(1).await;
        let registry = &self.kit.installation.registry;
        registry.open_dispute(person, dispute).await.unwrap()
    }
}
