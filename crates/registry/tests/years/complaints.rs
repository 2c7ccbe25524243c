//! Complaints about how data was handled.

use model::{
    EventId,
    procedure::{Matter, Speaker},
};
use registry::{Complain, Finding, Found, ProcedureError};
use testkit::wait;

use crate::{
    breaches::Wish,
    changing_values::COMPLAINT_DAYS,
    model::{Procedure, Who},
    run::{LAW, Run},
};

use crate::procedures::{
    To,
    To::{Authority, Person as ToPerson, Reviewers},
    blank, refused, reviewer,
};

/// What somebody complains of.
pub(crate) struct About {
    pub(crate) matter: Matter,
    pub(crate) look: Option<EventId>,
    /// Where it is about a look, whoever looked.
    pub(crate) body: Option<String>,
}

impl Run {
    pub(crate) fn complain(&mut self) {
        let found = if self.one_in(2) {
            self.look_to_complain_of("complaint")
        } else {
            None
        };
        let (who, about) = match found {
            Some((who, body, look)) => {
                let about = About {
                    matter: Matter::ImproperLook,
                    look: Some(look),
                    body: Some(body),
                };
                (who, about)
            }
            None => {
                let about = About {
                    matter: Matter::Leak,
                    look: None,
                    body: Some(LAW.to_owned()),
                };
                (self.somebody(), about)
            }
        };
        self.complain_about(who, about);
    }

    /// Somebody complains. Answers whether that was taken: it is of whoever is known, with files that are what they
    /// should be.
    pub(crate) fn complain_about(&mut self, who: Who, About { matter, look, body }: About) -> bool {
        let person = self.id(who);
        let put = self.draw_files();
        let words = format!("made-up words {}", self.next_text());
        let open = |registry: &registry::Registry| {
            let complaint = Complain {
                by: Speaker::Person,
                about: matter,
                look,
                body: body.clone().filter(|_| look.is_none()),
                text: words.clone(),
                files: put.files.clone(),
            };
            wait(registry.open_complaint(person, complaint))
        };
        let outcome = self.call(open);
        if self.refused_files(who, &put, &outcome) {
            return false;
        }
        let (known, speaks) = (self.of(who).known, self.speaks(who));
        let id = match outcome {
            Err(ProcedureError::NoSuchProcedure) => {
                assert!(!speaks, "{who}");
                return false;
            }
            other => other.unwrap(),
        };
        assert!(speaks, "{who}");
        let mut procedure = blank(id, "complaint", "open", Speaker::Person);
        (procedure.look, procedure.authority, procedure.files) = (look, body, put.files);
        procedure.alone = !known;
        self.opened_for_reviewers(who, procedure, COMPLAINT_DAYS.due(self.today()));
        let at = self.of(who).procedures.len() - 1;
        let tells: &[To] = &[ToPerson, Reviewers];
        self.step(who, at, "open", "self", Some(("complaint-opened", tells)));
        self.did("complaints");
        true
    }

    pub(crate) fn answer_complaint(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "complaint" && matches!(one.status, "assigned" | "assigned-overdue")
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let has = one.reviewer.clone().unwrap();
        let founded = self.one_in(2);
        let breach = (self.one_in(3) && founded).then(|| self.a_breach());
        // Whom it affects does not report it.
        let own = self.m.reviewers.get(has.as_str()).copied();
        let breach = breach.filter(|wish| own.is_none_or(|own| !wish.affects(own)));
        let answers = |registry: &registry::Registry| {
            let finding = if founded {
                Finding::Founded(Found {
                    reasons: "made-up reasons".to_owned(),
                    measures: "made-up measures".to_owned(),
                    breach: breach.as_ref().map(Wish::report),
                })
            } else {
                Finding::Unfounded("made-up reasons".to_owned())
            };
            wait(registry.answer_complaint(reviewer(&has), one.id, finding))
        };
        let outcome = self.call(answers);
        if self.judged_meanwhile(who, at, &outcome) || self.kept_apart(&has, who, refused(&outcome)) {
            return;
        }
        outcome.unwrap();
        self.pass(who, at);
        self.m.of(who).procedures[at].reviewer = None;
        let (status, step, kind) = if founded {
            ("founded", "find-founded", "complaint-founded")
        } else {
            ("unfounded", "find-unfounded", "complaint-unfounded")
        };
        if let (true, Some(look)) = (founded, one.look) {
            self.found_improper(who, look, (one.id, has.as_str()));
        }
        self.set(who, at, status, None, None);
        let tells: &[To] = &[ToPerson, Reviewers, Authority];
        self.step(who, at, step, &format!("reviewer:{has}"), Some((kind, tells)));
        if let Some(wish) = breach {
            let reports = wait(self.registry().breach_reports()).unwrap();
            let known = |id| self.m.breaches.iter().any(|one| one.id() == id);
            let done = reports.into_iter().find(|one| !known(one.breach)).unwrap();
            self.was_reported(Some(&has), &wish, done);
        }
        self.did(kind);
    }
}
