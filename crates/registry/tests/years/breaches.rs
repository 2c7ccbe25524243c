//! Breaches: a report names whom it affects and tells each of them, known or not; nobody else reads of it; and whoever
//! was told can complain.

use std::collections::BTreeSet;

use jiff::civil::Date;
use model::{BreachId, procedure::Matter};
use registry::{BreachReported, INSTALLATION, ProcedureError, Registry, ReportBreach};
use testkit::{made_up, wait};

use crate::{
    calendar::after_days,
    changing_values::BREACH_DAYS,
    complaints::About,
    model::{Person, Who},
    procedures::{refused, reviewer},
    run::{EDUCATION, HOSPITAL, LAW, REVIEWERS, Run},
};

/// What was reported.
#[derive(Debug, Clone)]
pub(crate) struct Breach {
    words: u32,
    affected: BTreeSet<Who>,
    report: BreachReported,
}

impl Breach {
    pub(crate) fn id(&self) -> BreachId {
        self.report.breach
    }
}

/// What is to be reported.
pub(crate) struct Wish {
    body: &'static str,
    noticed_on: Date,
    words: u32,
    affected: Vec<Who>,
}

impl Wish {
    pub(crate) fn affects(&self, who: Who) -> bool {
        self.affected.contains(&who)
    }

    pub(crate) fn report(&self) -> ReportBreach {
        ReportBreach {
            body: self.body.to_owned(),
            noticed_on: self.noticed_on,
            happened: happened(self.words),
            measures: measures(self.words),
            affected: self.affected.iter().map(|who| made_up(*who).number).collect(),
        }
    }
}

fn happened(words: u32) -> String {
    format!("made-up list {words} lay open")
}

fn measures(words: u32) -> String {
    format!("made-up measures {words}")
}

impl Run {
    /// A reviewer, or whoever runs the installation, reports a breach.
    pub(crate) fn report_breach(&mut self) {
        if !self.m.breaches.is_empty() && self.one_in(5) {
            return self.report_again();
        }
        let wish = self.a_breach();
        let by = Some(self.pick(&REVIEWERS)).filter(|_| !self.one_in(4));
        if self.one_in(6) {
            return self.report_wrongly(by, &wish);
        }
        let outcome = self.call(reports(by, &wish));
        let affected: BTreeSet<Who> = wish.affected.iter().copied().collect();
        if self.is_about(by, &affected, refused(&outcome)) {
            return;
        }
        self.was_reported(by, &wish, outcome.unwrap());
    }

    pub(crate) fn a_breach(&mut self) -> Wish {
        // Now and then it affects many, and somebody is named twice.
        let most = if self.one_in(20) { 50 } else { 4 };
        let affected: Vec<Who> = (0..=self.draw(most)).map(|_| self.somebody()).collect();
        let today = self.today();
        Wish {
            body: self.pick(&[LAW, EDUCATION, HOSPITAL, INSTALLATION]),
            noticed_on: after_days(today, -(self.draw(7) as i64)),
            words: self.next_text(),
            affected,
        }
    }

    /// Notes that it was reported, and whom that told.
    pub(crate) fn was_reported(&mut self, by: Option<&str>, wish: &Wish, done: BreachReported) {
        let today = self.today();
        let affected: BTreeSet<Who> = wish.affected.iter().copied().collect();
        let tell_by = BREACH_DAYS.due(wish.noticed_on);
        assert_eq!(done.affected, affected.len() as u64, "each counts once");
        assert_eq!((done.tell_by, done.late), (tell_by, tell_by < today));
        assert_eq!(
            (done.noticed_on, done.body.as_str()),
            (wish.noticed_on, wish.body)
        );
        let actor = by.map_or(INSTALLATION.to_owned(), |by| format!("reviewer:{by}"));
        assert_eq!(done.reported_by, actor);
        self.m.leaves += 1;
        for who in &affected {
            self.touched.insert(*who);
            self.m.event(*who, "breach-reported", &actor, "");
            self.m.notice(*who, "breach-reported", &done.breach.to_string());
        }
        self.did("breaches reported");
        if done.late {
            self.did("breaches reported late");
        }
        self.m.breaches.push(Breach {
            words: wish.words,
            affected,
            report: done,
        });
    }

    /// The same report again, as when the answer was lost: it tells nobody anew.
    fn report_again(&mut self) {
        let at = self.draw(self.m.breaches.len() as u64) as usize;
        let before = self.m.breaches[at].clone();
        let bodies = [LAW, EDUCATION, HOSPITAL, INSTALLATION];
        let wish = Wish {
            body: bodies
                .into_iter()
                .find(|body| *body == before.report.body)
                .unwrap(),
            noticed_on: before.report.noticed_on,
            words: before.words,
            affected: before.affected.iter().rev().copied().collect(),
        };
        self.touched.extend(&before.affected);
        let by = self.pick(&REVIEWERS);
        let outcome = self.call(reports(Some(by), &wish));
        if self.is_about(Some(by), &before.affected, refused(&outcome)) {
            return;
        }
        assert_eq!(outcome.unwrap(), before.report);
        self.did("breaches reported twice");
    }

    /// Whether the reviewer was kept from a report, since the breach affects them.
    fn is_about(
        &mut self,
        by: Option<&str>,
        affected: &BTreeSet<Who>,
        refused: Option<&'static str>,
    ) -> bool {
        let own = by.and_then(|by| self.m.reviewers.get(by).copied());
        match own.filter(|own| affected.contains(own)) {
            Some(own) => self.kept_apart(by.unwrap(), own, refused),
            None => false,
        }
    }

    /// A report that something is wrong with tells nobody.
    fn report_wrongly(&mut self, by: Option<&'static str>, wish: &Wish) {
        self.touched.extend(&wish.affected);
        let mut report = wish.report();
        let expected = match self.draw(4) {
            0 => {
                report.affected.clear();
                "breach-affects-nobody"
            }
            1 => {
                report.affected.push("12".to_owned());
                "number-malformed"
            }
            2 => {
                report.noticed_on = after_days(self.today(), 1);
                "day-to-come"
            }
            _ => {
                report.body = "no-such-body".to_owned();
                "body-unknown"
            }
        };
        let done = wait(self.registry().report_breach(by.map(reviewer), report));
        assert_eq!(done.unwrap_err().code(), expected);
        self.did("breaches reported wrongly");
    }

    /// Somebody who was told of a breach complains of it.
    pub(crate) fn complain_of_breach(&mut self) {
        let told = |person: &Person| {
            let told = person.notices.keys().any(|(kind, _)| kind == "breach-reported");
            person.known && told
        };
        let Some(who) = self.who_has(told) else {
            return;
        };
        let of = self
            .m
            .breaches
            .iter()
            .rposition(|one| one.affected.contains(&who));
        let body = self.m.breaches[of.unwrap()].report.body.clone();
        let about = About {
            matter: Matter::Leak,
            look: None,
            // What happened at the installation itself is no body's.
            body: Some(body).filter(|body| body != INSTALLATION),
        };
        if self.complain_about(who, about) {
            self.did("complaints of whom a breach affects");
        }
    }

    /// What reviewers read of all reports, and what those whom one of them affects, and others, read of it.
    pub(crate) fn check_breaches(&mut self) {
        let mut expected: Vec<BreachReported> =
            self.m.breaches.iter().map(|one| one.report.clone()).collect();
        expected.sort_by_key(|one| (std::cmp::Reverse(one.reported_at), one.breach));
        assert_eq!(
            wait(self.registry().breach_reports()).unwrap(),
            expected,
            "breaches"
        );
        if self.m.breaches.is_empty() {
            return;
        }
        let at = self.breach_turn % self.m.breaches.len();
        self.breach_turn += 1;
        let one = &self.m.breaches[at];
        for who in &one.affected {
            let told = self.read_breach(*who, one.report.breach).unwrap();
            assert_eq!(told.report, one.report, "{who}");
            assert_eq!(told.happened.as_str(), happened(one.words), "{who}");
            assert_eq!(told.measures.as_str(), measures(one.words), "{who}");
        }
        let others = (1..=self.size.people).filter(|who| !one.affected.contains(who));
        for who in others.skip(at * 7).take(2) {
            assert!(
                self.read_breach(who, one.report.breach).is_none(),
                "{who} is not affected"
            );
        }
    }

    fn read_breach(&self, who: Who, breach: BreachId) -> Option<registry::BreachTold> {
        wait(self.registry().breach_told_to(self.id(who), breach)).unwrap()
    }
}

/// Reports it, by this reviewer or by the installation.
fn reports(by: Option<&str>, wish: &Wish) -> impl Fn(&Registry) -> Result<BreachReported, ProcedureError> {
    let (by, wish) = (by.map(reviewer), wish.report());
    move |registry| {
        let report = ReportBreach {
            body: wish.body.clone(),
            noticed_on: wish.noticed_on,
            happened: wish.happened.clone(),
            measures: wish.measures.clone(),
            affected: wish.affected.clone(),
        };
        wait(registry.report_breach(by.clone(), report))
    }
}
