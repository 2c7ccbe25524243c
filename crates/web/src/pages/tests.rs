//! A portal for the tests of the pages, and a visitor of it.

mod deeds;
mod every_page;
mod papers;
mod visitor;

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use model::{PersonId, RecordKind, SubmissionId, procedure::ReviewerId};
use profile::Text2;
use testkit::{Engine, Installation, licences_csv, made_up};

use crate::{Demo, DemoPerson, DemoReviewer, DemoStaff, Letters, WebState, router};

pub(crate) use papers::{between, decision_csv, decision_with, hidden, link};

/// What a visitor got.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: String,
}

/// A portal and a visitor of it.
#[derive(Clone)]
pub(crate) struct Portal {
    installation: Arc<Installation>,
    router: Router,
    pub(crate) cookie: String,
    language: &'static str,
}

fn demo_staff(body: &str) -> DemoStaff {
    DemoStaff {
        body: body.to_owned(),
        staff: "clerk-1".to_owned(),
        name: "工作人员".to_owned(),
    }
}

fn name_everybody(registry: &registry::Registry, staff: &[DemoStaff]) {
    for one in staff {
        let new = registry::NewStaff {
            body: one.body.clone(),
            staff: one.staff.clone(),
            name: one.name.clone(),
            own_number: None,
            keys: vec![crate::portal_key(&one.staff)],
            lead: true,
        };
        registry.add_staff(new).unwrap();
    }
    for reviewer in ["reviewer-1", "reviewer-2"] {
        registry.add_reviewer(reviewer, "监督员", None).unwrap();
    }
}

impl Portal {
    /// A demonstration of the `gansu` profile with three lawyers.
    pub(crate) async fn demo() -> Self {
        Self::new(true, testkit::gansu()).await
    }

    /// The same, but no demonstration.
    pub(crate) async fn plain() -> Self {
        Self::new(false, testkit::gansu()).await
    }

    /// A demonstration of this profile.
    pub(crate) async fn of(profile: profile::Profile) -> Self {
        Self::new(true, profile).await
    }

    /// A demonstration in which a law lets the notice of a look for a renewal wait, for ten days at most.
    pub(crate) async fn with_waits() -> Self {
        let mut profile = testkit::gansu();
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(profile::Delay {
            days: 10,
            basis: "lawyer-licensing".to_owned(),
        }));
        Self::new(true, profile).await
    }

    async fn new(is_demo: bool, profile: profile::Profile) -> Self {
        let installation = tokio::task::spawn_blocking(|| {
            let installation = Installation::with(Engine::Sqlite, profile);
            installation
                .submit(
                    "law-bureau",
                    RecordKind::Licence,
                    "licences.csv",
                    licences_csv(0, 3),
                )
                .expect("licences");
            installation
        });
        let installation = Arc::new(installation.await.unwrap());
        let mut people = Vec::new();
        for n in 0..3 {
            let one = made_up(n);
            let person = installation
                .registry
                .find_person(&one.number, &one.name)
                .await
                .unwrap();
            let about = Text2 {
                zh: "律师".into(),
                en: "a lawyer".into(),
            };
            people.push(DemoPerson {
                person: person.unwrap(),
                name: one.name,
                about,
            });
        }
        let bodies = [
            "law-bureau",
            "health-commission",
            "example-hospital",
            "lawyers-association",
        ];
        let (registry, staff) = (installation.registry.clone(), bodies.map(demo_staff).to_vec());
        let everybody = staff.clone();
        tokio::task::spawn_blocking(move || name_everybody(&registry, &everybody))
            .await
            .unwrap();
        let reviewers = ["reviewer-1", "reviewer-2"].map(|id| DemoReviewer {
            reviewer: ReviewerId::new(id).unwrap(),
            name: "监督员".to_owned(),
        });
        // A colleague at the law bureau whom nobody has added yet.
        let second = DemoStaff {
            staff: "clerk-2".to_owned(),
            ..demo_staff("law-bureau")
        };
        let demo = is_demo.then_some(Demo {
            people,
            staff: staff.into_iter().chain([second]).collect(),
            reviewers: reviewers.to_vec(),
        });
        let state = WebState::new(installation.registry.clone(), demo);
        let router = router(state.with_letters(Letters::Printed));
        Self {
            installation,
            router,
            cookie: String::new(),
            language: "en",
        }
    }

    /// The same demonstration where no mail is sent.
    pub(crate) fn without_letters(&self) -> Self {
        let people = (0..3).map(|n| {
            let one = made_up(n);
            let number = self.profile().identity.check(&one.number).expect("a number");
            DemoPerson {
                person: self.installation.registry.keys().person(&number.canonical),
                name: one.name,
                about: Text2 {
                    zh: "律师".into(),
                    en: "a lawyer".into(),
                },
            }
        });
        let demo = Demo {
            people: people.collect(),
            staff: Vec::new(),
            reviewers: Vec::new(),
        };
        let state = WebState::new(self.installation.registry.clone(), Some(demo));
        Self {
            router: router(state),
            ..self.clone()
        }
    }

    pub(crate) fn registry(&self) -> &registry::Registry {
        &self.installation.registry
    }

    pub(crate) fn profile(&self) -> &profile::Profile {
        self.installation.registry.profile()
    }

    /// The `n`th made-up person's pseudonym.
    pub(crate) async fn person(&self, n: u32) -> PersonId {
        let one = made_up(n);
        let found = self.registry().find_person(&one.number, &one.name).await.unwrap();
        found.unwrap()
    }

    pub(crate) fn submit(&self, authority: &str, kind: RecordKind, name: &str, csv: &str) -> SubmissionId {
        let (installation, csv) = (self.installation.clone(), csv.to_owned());
        let (authority, name) = (authority.to_owned(), name.to_owned());
        // The registry's blocking calls may not run on a thread of the runtime.
        std::thread::spawn(move || {
            installation
                .submit(&authority, kind, &name, csv)
                .expect("a file")
                .submission
        })
        .join()
        .unwrap()
    }

    /// Moves the clock so many hours on.
    pub(crate) fn later(&self, hours: i64) {
        self.installation.later(hours);
    }

    /// Moves the clock to this moment and does what is due then. Sessions from before are over.
    pub(crate) async fn when_due(&self, moment: &'static str) {
        let installation = self.installation.clone();
        let due = tokio::task::spawn_blocking(move || {
            installation.at(moment);
            installation.registry.do_what_is_due().expect("what is due");
        });
        due.await.unwrap();
    }

    pub(crate) fn bureau_and_purpose(&self) -> (String, String) {
        let profile = self.installation.registry.profile();
        (
            profile.authorities["law-bureau"].name.en.clone(),
            profile.purposes["licensing-renewal"].name.en.clone(),
        )
    }
}
