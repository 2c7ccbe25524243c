//! Whatever happens on the way and to either side, the receiver ends in the sender's state, and each effect
//! happened once.

use std::collections::BTreeSet;

use model::{ProcedureId, procedure::Speaker};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use registry::EventKind;
use testkit::{Engine, Installation, SourceRow, gansu, on_both_engines, prove_log, wait};

use crate::kit::{
    LAW, OTHER, Way, Wire, actors, alerts, befriend, decide, inbox, installation, notices, opened,
    prohibition, try_dispute,
};

#[derive(Debug, Clone)]
enum Step {
    /// A document of this number comes to say this: a prohibition of so many months more, or a warning.
    File(usize, Option<u32>),
    /// The person disputes the first decision, or takes that back.
    Dispute,
    /// What is to be told is told, with this happening to the messages.
    Deliver(Vec<Way>),
    /// So many hours pass.
    Pass(i64),
    /// The sender, or the receiver, is started anew.
    Restart(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let way = prop::sample::select(vec![
        Way::Through,
        Way::Lost,
        Way::AnswerLost,
        Way::Twice,
        Way::Late,
    ]);
    prop_oneof![
        4 => (0..2_usize, prop::option::weighted(0.7, 1..6_u32)).prop_map(|(n, months)| Step::File(n, months)),
        4 => vec(way, 0..4).prop_map(Step::Deliver),
        2 => Just(Step::Dispute),
        3 => (1..24_i64 * 40).prop_map(Step::Pass),
        1 => any::<bool>().prop_map(Step::Restart),
    ]
}

struct World {
    here: Installation,
    there: Installation,
    filed: [Option<Option<u32>>; 2],
    disputed: Option<ProcedureId>,
}

impl World {
    fn new(engine: Engine) -> Self {
        let (here, there) = (installation(engine), Installation::with(engine, gansu()));
        befriend(&here.registry, &there.registry);
        Self {
            here,
            there,
            filed: [None; 2],
            disputed: None,
        }
    }

    fn take(mut self, step: &Step) -> Self {
        match step {
            Step::File(n, says) => self.file(*n, *says),
            Step::Dispute => self.dispute(),
            Step::Deliver(ways) => {
                let wire = Wire::new(&self.there.registry, ways);
                self.here.registry.deliver_alerts(&wire).unwrap();
                wire.settle();
            }
            Step::Pass(hours) => {
                self.here.later(*hours);
                self.there.later(*hours);
                self.here.registry.do_what_is_due().unwrap();
                self.there.registry.do_what_is_due().unwrap();
            }
            Step::Restart(true) => self.here = self.here.reopen(),
            Step::Restart(false) => self.there = self.there.reopen(),
        }
        self
    }

    fn dispute(&mut self) {
        if let Some(id) = self.disputed.take() {
            // Unless its record is gone.
            let person = self.here.person(1);
            drop(wait(self.here.registry.take_back_procedure(
                person,
                Speaker::Person,
                id,
            )));
        } else if self.filed.iter().any(Option::is_some) {
            self.disputed = try_dispute(&self.here).ok();
        }
    }

    fn file(&mut self, n: usize, says: Option<u32>) {
        if self.filed[n] == Some(says) {
            return;
        }
        let row = match says {
            Some(months) => prohibition(&format!("2027-{months:02}-28")),
            None => SourceRow::decision(1).with("disclosure_ends_on", "2027-01-31"),
        };
        let row = row.document(&format!("甘律罚〔2026〕{n}号"));
        let row = if self.filed[n].is_some() {
            row.correcting()
        } else {
            row
        };
        decide(&self.here, row);
        self.filed[n] = Some(says);
    }

    /// What the sender says of a dispute, the receiver says of all that it was told of.
    fn check_marks(&self) {
        let marks = |side: &Installation, authority| {
            let items = wait(side.registry.alerts_for(authority)).unwrap().into_iter();
            let marks = items.map(|one| (one.ends_on, one.disputed, one.withheld));
            marks.collect::<BTreeSet<_>>()
        };
        self.here.later(7);
        self.there.later(7);
        self.here.registry.do_what_is_due().unwrap();
        self.there.registry.do_what_is_due().unwrap();
        let wire = Wire::new(&self.there.registry, &[]);
        self.here.registry.deliver_alerts(&wire).unwrap();
        let (here, there) = (marks(&self.here, OTHER), marks(&self.there, LAW));
        assert!(there.is_subset(&here), "{here:?} {there:?}");
        let untold = here.difference(&there);
        assert!(
            untold.into_iter().all(|(_, _, withheld)| *withheld),
            "{here:?} {there:?}"
        );
    }

    /// All that is held up arrives, and both sides are compared.
    fn check(mut self) -> Result<(), TestCaseError> {
        if self.disputed.is_some() {
            self.check_marks();
            self.dispute();
        }
        let (here, there) = (&self.here, &self.there);
        for _ in 0..4 {
            here.later(7);
            there.later(7);
            here.registry.do_what_is_due().unwrap();
            there.registry.do_what_is_due().unwrap();
            here.registry
                .deliver_alerts(&Wire::new(&there.registry, &[]))
                .unwrap();
        }
        let sorted = |mut contents: Vec<registry::AlertContent>| {
            contents.sort_by_key(|one| (one.ends_on, one.starts_on));
            contents
        };
        prop_assert_eq!(sorted(opened(here, OTHER)), sorted(opened(there, LAW)));
        let (mine, theirs) = (alerts(here), alerts(there));
        for (side, views, authority) in [(here, &mine, OTHER), (there, &theirs, LAW)] {
            let closed = views.iter().filter(|one| one.closed_at.is_some()).count();
            prop_assert_eq!(notices(side), (views.len(), closed));
            prop_assert_eq!(inbox(side, authority).len(), views.len() - closed);
            let sent = actors(side, EventKind::AlertSent);
            let to = sent.iter().filter(|actor| *actor == authority).count();
            prop_assert_eq!(to, views.len(), "told once for each alert");
        }
        // What a peer got it was told of once; what it never got, nobody says that it did.
        let told = actors(here, EventKind::AlertSent)
            .iter()
            .filter(|actor| *actor == "there")
            .count();
        prop_assert!(told <= mine.len() && (told > 0 || theirs.is_empty()));
        // One that it closed on its day before a longer one came is another to it.
        let lapsed = theirs.iter().filter(|one| one.closed_at.is_some()).count();
        prop_assert!(theirs.len() - lapsed <= told);
        let peers = || {
            mine.iter()
                .flat_map(|one| one.receivers.iter().map(move |to| (one, to)))
        };
        for (alert, peer) in peers().filter(|(_, to)| to.peer) {
            prop_assert_eq!(
                peer.closed_at.is_some(),
                alert.closed_at.is_some(),
                "the end is confirmed"
            );
        }
        if !mine.is_empty() {
            prove_log(&here.registry);
        }
        if !theirs.is_empty() {
            prove_log(&there.registry);
        }
        Ok(())
    }
}

on_both_engines! {
    fn whatever_happens_the_receiver_ends_in_the_senders_state_and_each_effect_happened_once(engine: Engine) {
        let cases = if engine == Engine::Sqlite { 48 } else { 16 };
        let mut runner = TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 64, ..Config::with_cases(cases) });
        runner
            .run(&vec(step(), 1..14), |steps| {
                steps.iter().fold(World::new(engine), World::take).check()
            })
            .unwrap();
    }
}
