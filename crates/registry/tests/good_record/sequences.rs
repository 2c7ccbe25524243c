//! Over random sequences of filings, corrections, yeses and nos, the public page shows exactly what its people said yes
//! to and what stands, after every step.

use std::collections::BTreeMap;

use model::{RecordId, RecordKind, procedure::Speaker};
use proptest::prelude::*;
use testkit::{Engine, Installation, SourceRow, made_up, wait};

use crate::kit::*;

/// One step: about one of two people and one of two commendations.
#[derive(Debug, Clone)]
enum Step {
    Yes(u32, usize),
    No(u32, usize),
    Correct(u32, usize),
    TakeBack(u32),
    Again(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        4 => (1u32..3, 0usize..2).prop_map(|(n, which)| Step::Yes(n, which)),
        3 => (1u32..3, 0usize..2).prop_map(|(n, which)| Step::No(n, which)),
        2 => (1u32..3, 0usize..2).prop_map(|(n, which)| Step::Correct(n, which)),
        1 => (1u32..3).prop_map(Step::TakeBack),
        1 => (1u32..3).prop_map(Step::Again),
    ];
    proptest::collection::vec(one, 1..14)
}

fn row(n: u32, which: usize, title: &str) -> SourceRow {
    SourceRow::commendation(n)
        .document(&format!("甘律奖〔2025〕{n}-{which}号"))
        .with("title", title)
}

/// What a commendation is, as far as this test knows.
#[derive(Clone)]
struct Held {
    record: RecordId,
    title: String,
    stands: bool,
    corrected: bool,
    said_yes_to: Option<String>,
}

struct World {
    here: Installation,
    held: BTreeMap<(u32, usize), Held>,
    submissions: BTreeMap<u32, model::SubmissionId>,
    count: usize,
}

impl World {
    fn new(engine: Engine) -> Self {
        let mut world = Self {
            here: filled(engine),
            held: BTreeMap::new(),
            submissions: BTreeMap::new(),
            count: 0,
        };
        for n in [1, 2] {
            world.file(n);
        }
        world
    }

    fn file(&mut self, n: u32) {
        let titles = [format!("表彰{n}甲"), format!("表彰{n}乙")];
        let rows = [row(n, 0, &titles[0]), row(n, 1, &titles[1])];
        let done = self.here.file(LAW, RecordKind::Commendation, &rows);
        self.submissions.insert(n, done.submission);
        for (which, title) in titles.into_iter().enumerate() {
            let records = self.here.file_of(n).records;
            let stands = |one: &&registry::RecordView| {
                one.status == model::RecordStatus::InForce
                    && one.fields.get("title").is_some_and(|it| *it == title)
            };
            let record = records.iter().find(stands).unwrap().record;
            let held = Held {
                record,
                title,
                stands: true,
                corrected: false,
                said_yes_to: None,
            };
            self.held.insert((n, which), held);
        }
    }

    fn step(&mut self, step: &Step) {
        let registry = &self.here.registry;
        match *step {
            Step::Yes(n, which) => {
                let held = self.held.get_mut(&(n, which)).unwrap();
                let answer =
                    wait(registry.give_publication(self.here.person(n), held.record, Speaker::Person));
                assert_eq!(answer.is_ok(), held.stands, "{answer:?}");
                if held.stands {
                    held.said_yes_to = Some(held.title.clone());
                }
            }
            Step::No(n, which) => {
                let held = self.held.get_mut(&(n, which)).unwrap();
                wait(registry.withdraw_publication(self.here.person(n), held.record, Speaker::Person))
                    .unwrap();
                held.said_yes_to = None;
            }
            Step::Correct(n, which) => {
                let held = self.held.get_mut(&(n, which)).unwrap();
                if held.stands {
                    self.count += 1;
                    held.title = format!("更正{}", self.count);
                    held.corrected = true;
                    let corrected = row(n, which, &held.title).correcting();
                    self.here.file(LAW, RecordKind::Commendation, &[corrected]);
                }
            }
            Step::TakeBack(n) => {
                if let Some(submission) = self.submissions.remove(&n) {
                    registry.take_back(LAW, submission).unwrap();
                    for which in 0..2 {
                        let held = self.held.get_mut(&(n, which)).unwrap();
                        // What was corrected since is left as it is.
                        held.stands &= held.corrected;
                    }
                }
            }
            Step::Again(n) => {
                let gone = |which| !self.held[&(n, which)].stands;
                if gone(0) && gone(1) {
                    self.file(n);
                }
            }
        }
    }

    fn holds(&self) {
        let mut expected: Vec<(String, String)> = self
            .held
            .iter()
            .filter(|(_, held)| held.stands && held.said_yes_to.as_ref() == Some(&held.title))
            .map(|((n, _), held)| (made_up(*n).name, held.title.clone()))
            .collect();
        let mut shown: Vec<(String, String)> = published(&self.here)
            .into_iter()
            .map(|one| (one.name, one.words["title"].as_str().unwrap().to_owned()))
            .collect();
        expected.sort();
        shown.sort();
        assert_eq!(shown, expected);
    }
}

fn live(engine: Engine, steps: &[Step]) {
    let mut world = World::new(engine);
    world.holds();
    for step in steps {
        world.step(step);
        world.holds();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_public_page_shows_what_its_people_want_and_what_stands_on_sqlite(steps in steps()) {
        live(Engine::Sqlite, &steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn the_public_page_shows_what_its_people_want_and_what_stands_on_postgres(steps in steps()) {
        live(Engine::Postgres, &steps);
    }
}
