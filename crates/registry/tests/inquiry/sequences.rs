//! Over any sequence of requests, answers, pauses, looks, revocations and moves of the clock, with a store that fails at
//! any commit: no answer leaves without a durable entry that authorises it, and no answer holds more than was granted.
//!
//! The model knows nothing of the registry's rules. It keeps what the person said, and asks of each answer whether that
//! allowed it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use jiff::civil::Date;
use model::{
    ConsentId, EventId, RecordKind,
    consent::{ConsentAnswer, FieldsByKind, Terms},
    procedure::Speaker::Person,
};
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use registry::{ConsentError, InquiryAnswer, InquiryError, InquiryRequest};
use storage::{Access, Body, Done, Param, Store, StoreError};
use testkit::{Engine, Installation, gansu, made_up, on_both_engines, prove_log, wait};

use crate::kit::*;

/// How the next commit of a step fails.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// The store is not reached.
    Before,
    /// Everything was done, the answer made, and then the commit failed.
    AtCommit,
    /// It is on disk, and the answer is lost on the way.
    After,
}

/// A store that fails when it is told to.
struct Flaky {
    store: Arc<dyn Store>,
    cut: Arc<Mutex<Option<Cut>>>,
    committed: Arc<AtomicBool>,
}

const STEPS: [&str; 3] = ["inquiry", "consent.ask", "consent.step"];

impl Store for Flaky {
    fn submit(&self, name: &'static str, access: Access, mut body: Body, done: Done) {
        if access == Access::Read || !STEPS.contains(&name) {
            return self.store.submit(name, access, body, done);
        }
        let lost = || StoreError::Unavailable("a test has cut it".into());
        let committed = self.committed.clone();
        committed.store(false, Ordering::SeqCst);
        match self.cut.lock().unwrap().take() {
            Some(Cut::Before) => done(Err(lost())),
            Some(Cut::AtCommit) => {
                let fails: Body =
                    Box::new(move |tx| body(tx).and(Err(StoreError::Engine("no commit".into()))));
                self.store.submit(name, access, fails, done);
            }
            Some(Cut::After) => {
                let loses = move |outcome: Result<(), StoreError>| {
                    committed.store(outcome.is_ok(), Ordering::SeqCst);
                    done(Err(lost()));
                };
                self.store.submit(name, access, body, Box::new(loses));
            }
            None => {
                let notes = move |outcome: Result<(), StoreError>| {
                    committed.store(outcome.is_ok(), Ordering::SeqCst);
                    done(outcome);
                };
                self.store.submit(name, access, body, Box::new(notes));
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Ask {
        n: u32,
        looks: u32,
        days: i32,
    },
    Grant {
        which: Index,
        less: bool,
    },
    Refuse {
        which: Index,
    },
    Pause {
        which: Index,
    },
    Resume {
        which: Index,
    },
    Revoke {
        which: Index,
    },
    LookByConsent {
        which: Index,
        n: Option<u32>,
        misnamed: bool,
    },
    LookByLaw {
        n: u32,
        profession: &'static str,
        key: &'static str,
    },
    Later {
        hours: i64,
    },
}

/// Two people who are known, and one who is not.
fn somebody() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(1_u32), 3 => Just(2), 1 => Just(60)]
}

fn step() -> impl Strategy<Value = (Step, Option<Cut>)> {
    let which = any::<Index>;
    let step = prop_oneof![
        3 => (somebody(), 1..=3_u32, 0..=20_i32).prop_map(|(n, looks, days)| Step::Ask { n, looks, days }),
        4 => (which(), any::<bool>()).prop_map(|(which, less)| Step::Grant { which, less }),
        1 => which().prop_map(|which| Step::Refuse { which }),
        1 => which().prop_map(|which| Step::Pause { which }),
        1 => which().prop_map(|which| Step::Resume { which }),
        1 => which().prop_map(|which| Step::Revoke { which }),
        8 => (which(), prop::option::weighted(0.1, somebody()), prop::bool::weighted(0.1))
            .prop_map(|(which, n, misnamed)| Step::LookByConsent { which, n, misnamed }),
        3 => (somebody(), prop::sample::select(vec!["lawyer", "lawyer", "doctor"]),
              prop::sample::select(vec!["clerk", "clerk", "found-key"]))
            .prop_map(|(n, profession, key)| Step::LookByLaw { n, profession, key }),
        2 => (1..=120_i64).prop_map(|hours| Step::Later { hours }),
    ];
    let cut = prop::sample::select(vec![Cut::Before, Cut::AtCommit, Cut::After]);
    (step, prop::option::weighted(0.25, cut))
}

/// What the person said about one request.
#[derive(Debug)]
struct Said {
    n: u32,
    id: ConsentId,
    asked: Terms,
    granted: Option<Terms>,
    refused: bool,
    paused: bool,
    revoked: bool,
    used: u32,
}

impl Said {
    fn allows(&self, today: Date) -> bool {
        let Some(terms) = &self.granted else { return false };
        !self.paused
            && !self.revoked
            && terms.from <= today
            && today <= terms.until
            && self.used < terms.looks
    }
}

struct Run {
    here: Installation,
    cut: Arc<Mutex<Option<Cut>>>,
    committed: Arc<AtomicBool>,
    said: Vec<Said>,
    /// Entries of looks of each outcome that must be on disk.
    seen: i64,
    fruitless: i64,
    answers: u32,
}

impl Run {
    fn new(engine: Engine) -> Self {
        let (cut, committed) = <(Arc<Mutex<Option<Cut>>>, Arc<AtomicBool>)>::default();
        let (cuts, commits) = (cut.clone(), committed.clone());
        let wrap = |store| -> Arc<dyn Store> {
            Arc::new(Flaky {
                store,
                cut: cuts,
                committed: commits,
            })
        };
        Self {
            here: fill(Installation::through(engine, gansu(), wrap)),
            cut,
            committed,
            said: Vec::new(),
            seen: 0,
            fruitless: 0,
            answers: 0,
        }
    }

    fn take(&mut self, step: Step, cut: Option<Cut>) {
        *self.cut.lock().unwrap() = cut;
        self.committed.store(false, Ordering::SeqCst);
        match step {
            Step::Ask { n, looks, days } => self.ask(n, looks, days),
            Step::Grant { which, less } => self.grant(which, less),
            Step::Refuse { which } => self.change(which, |said| said.refused = true, ConsentAnswer::Refused),
            Step::Pause { which } => self.pause(which),
            Step::Resume { which } => self.resume(which),
            Step::Revoke { which } => self.revoke(which),
            Step::LookByConsent { which, n, misnamed } => self.look_by_consent(which, n, misnamed),
            Step::LookByLaw { n, profession, key } => {
                let mut request = by_law(n);
                request.profession = profession.to_owned();
                request.asker = key.to_owned();
                let may = profession == "lawyer" && key == "clerk";
                let fields = gansu().purposes[RENEWAL].fields.clone();
                self.look(request, n, may.then_some(fields), None, false);
            }
            Step::Later { hours } => self.here.later(hours),
        }
        *self.cut.lock().unwrap() = None;
    }

    fn person(n: u32, here: &Installation) -> model::PersonId {
        here.registry.keys().person(&made_up(n).number)
    }

    fn ask(&mut self, n: u32, looks: u32, days: i32) {
        let today = self.here.registry.today();
        let mut asked = ask(n);
        asked.looks = Some(looks);
        asked.until = Some(today.saturating_add(jiff::Span::new().days(days)));
        let terms = Terms {
            profession: asked.profession.clone(),
            fields: asked.fields.clone(),
            from: today,
            until: asked.until.unwrap(),
            looks,
            keep_answer_days: asked.keep_answer_days,
        };
        // One whose answer was lost is nothing that anybody goes on with.
        if let Ok(id) = wait(self.here.registry.ask_consent(asked)) {
            assert!(self.committed());
            self.said.push(Said {
                n,
                id,
                asked: terms,
                granted: None,
                refused: false,
                paused: false,
                revoked: false,
                used: 0,
            });
        }
    }

    fn committed(&self) -> bool {
        self.committed.load(Ordering::SeqCst)
    }

    fn grant(&mut self, which: Index, less: bool) {
        if self.said.is_empty() {
            return;
        }
        let mut terms = which.get(&self.said).asked.clone();
        if less {
            terms.fields.retain(|kind, _| *kind == RecordKind::Licence);
            terms
                .fields
                .values_mut()
                .for_each(|fields| drop(fields.pop_last()));
            terms.looks = 1;
        }
        let granted = terms.clone();
        self.change(
            which,
            move |said| said.granted = Some(granted),
            ConsentAnswer::Granted(terms),
        );
    }

    fn change(&mut self, which: Index, then: impl FnOnce(&mut Said), answer: ConsentAnswer) {
        self.step_of(which, then, |here, person, id| {
            wait(here.registry.decide_consent(person, id, answer, Person))
        });
    }

    fn pause(&mut self, which: Index) {
        let pause = |here: &Installation, person, id| wait(here.registry.pause_consent(person, id, Person));
        self.step_of(which, |said| said.paused = true, pause);
    }

    fn resume(&mut self, which: Index) {
        let resume = |here: &Installation, person, id| wait(here.registry.resume_consent(person, id, Person));
        self.step_of(which, |said| said.paused = false, resume);
    }

    fn revoke(&mut self, which: Index) {
        let revoke = |here: &Installation, person, id| wait(here.registry.revoke_consent(person, id, Person));
        self.step_of(which, |said| said.revoked = true, revoke);
    }

    /// What was committed was said, whether or not anybody heard of it.
    fn step_of(
        &mut self,
        which: Index,
        then: impl FnOnce(&mut Said),
        step: impl FnOnce(&Installation, model::PersonId, ConsentId) -> Result<(), ConsentError>,
    ) {
        if self.said.is_empty() {
            return;
        }
        let at = which.index(self.said.len());
        let (n, id) = (self.said[at].n, self.said[at].id);
        let outcome = step(&self.here, Self::person(n, &self.here), id);
        assert!(outcome.is_err() || self.committed());
        if self.committed() {
            then(&mut self.said[at]);
        }
    }

    fn look_by_consent(&mut self, which: Index, n: Option<u32>, misnamed: bool) {
        if self.said.is_empty() {
            return;
        }
        let at = which.index(self.said.len());
        let said = &self.said[at];
        let about = n.unwrap_or(said.n);
        let mut request = by_consent(about, said.id);
        if misnamed {
            request.name = "虚一名".to_owned();
        }
        let may = about == said.n && said.allows(self.here.registry.today());
        let granted = said
            .granted
            .as_ref()
            .filter(|_| may)
            .map(|terms| terms.fields.clone());
        self.look(request, about, granted, Some(at), misnamed);
    }

    /// `may`: the fields that may be seen, if anything may.
    fn look(
        &mut self,
        request: InquiryRequest,
        n: u32,
        may: Option<FieldsByKind>,
        consent: Option<usize>,
        misnamed: bool,
    ) {
        let found = n < 60 && !misnamed;
        let outcome = look(&self.here, request);
        if self.committed() {
            let shows = found && may.is_some() && !self.over_the_ceiling(&outcome);
            self.seen += i64::from(shows);
            self.fruitless += i64::from(!shows);
            if let Some(at) = consent.filter(|_| shows) {
                self.said[at].used += 1;
            }
        }
        match outcome {
            Ok(answer) => {
                assert!(self.committed(), "an answer left before its entry was durable");
                let fields = may.expect("an answer left that nothing allowed");
                assert!(found);
                self.answers += 1;
                self.holds(&answer, n, &fields, consent.map(|at| self.said[at].id));
            }
            Err(InquiryError::Refused(_) | InquiryError::NobodyKnown) => assert!(self.committed()),
            Err(InquiryError::Registry(_)) => {}
            Err(other) => panic!("{other}"),
        }
        assert_eq!(count(&self.here, "event", "kind", "look"), self.seen);
        let fruitless = count(&self.here, "event", "kind", "look-refused")
            + count(&self.here, "event", "kind", "look-found-nothing");
        assert_eq!(
            fruitless, self.fruitless,
            "every refusal and every look for nothing is an entry"
        );
    }

    /// Ceilings are another test's; a sequence here is too short for them.
    fn over_the_ceiling(&self, outcome: &Result<InquiryAnswer, InquiryError>) -> bool {
        matches!(outcome, Err(InquiryError::Refused(refusal)) if refusal.code().ends_with("ceiling-reached"))
    }

    /// The entry of an answer is on disk, under a leaf, and authorises it; the answer holds no other field.
    fn holds(&self, answer: &InquiryAnswer, n: u32, fields: &FieldsByKind, consent: Option<ConsentId>) {
        for record in &answer.records {
            let allowed = &fields[&record.kind];
            for field in record.fields.keys() {
                assert!(allowed.contains(field), "{field} was not granted");
            }
        }
        let person = Self::person(n, &self.here);
        assert_eq!(
            self.entry(person, answer.look),
            Some(consent.map(|id| id.as_bytes().to_vec()))
        );
    }

    /// The consent of the look's entry, read past the registry. None: there is no entry with a leaf.
    fn entry(&self, person: model::PersonId, look: EventId) -> Option<Option<Vec<u8>>> {
        let store = &self.here.store.store;
        let found = store.run("test.entry", Access::Read, move |tx| {
            let rows = tx.query(
                "SELECT event.subject FROM event JOIN log_leaf ON log_leaf.leaf = event.leaf \
                 WHERE event.person = $1 AND event.event = $2 AND event.outcome = 'seen' AND event.kind = 'look'",
                &[Param::Blob(person.as_bytes()), Param::Blob(look.as_bytes())],
            )?;
            rows.into_iter().next().map(|mut row| row.opt_blob()).transpose()
        });
        found.unwrap()
    }

    fn end(&self) {
        for said in &self.said {
            let stored = wait(self.here.registry.consents_of(Self::person(said.n, &self.here))).unwrap();
            let stored = stored.into_iter().find(|one| one.consent == said.id).unwrap();
            assert_eq!(stored.used, said.used);
            assert_eq!(stored.granted, said.granted);
            assert!(!said.refused || stored.granted.is_none());
        }
        prove_log(&self.here.registry);
    }
}

/// Answers over all sequences.
fn sequences(engine: Engine, cases: u32) -> u32 {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    let answers = std::cell::Cell::new(0);
    let steps = prop::collection::vec(step(), 10..45);
    let ran = TestRunner::new(config).run(&steps, |steps| {
        let mut run = Run::new(engine);
        for (step, cut) in steps {
            run.take(step, cut);
        }
        run.end();
        answers.set(answers.get() + run.answers);
        Ok(())
    });
    ran.unwrap();
    answers.get()
}

on_both_engines! {
    fn no_answer_leaves_without_a_durable_entry_that_authorises_it_nor_holds_more_than_was_granted(engine: Engine) {
        let cases = if engine == Engine::Sqlite { 40 } else { 10 };
        let answers = sequences(engine, cases);
        assert!(answers > cases, "{answers} answers");
    }
}
