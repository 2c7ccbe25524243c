//! The own numbers of staff and reviewers: looks at colleagues go to the reviewers, a reviewer is kept from what is
//! about themselves and from the looks that they took as somebody's staff, and nobody has two accounts at one body.

use std::collections::BTreeSet;

use model::{EventId, ProcedureId};
use registry::{Cause, NewStaff, Reader, Registry};
use testkit::{made_up, wait};

use crate::{
    back::Back,
    looks::Ask,
    model::{Account, Person, Procedure, Who},
    procedures::reviewer,
    run::{CLERKS, EDUCATION, HOSPITAL, LAW, RENEWAL, REVIEWERS, Run, SCHOOL},
};

const BODIES: [&str; 4] = [LAW, EDUCATION, HOSPITAL, SCHOOL];
/// Who may be somebody's staff, or a reviewer: those to whom most happens.
const FEW: u64 = 125;

fn registered(body: &str, account: &str, own: Who) -> impl Fn(&Registry) -> Result<(), registry::StaffError> {
    let new = NewStaff {
        body: body.to_owned(),
        staff: account.to_owned(),
        name: "测试员".to_owned(),
        own_number: Some(made_up(own).number),
        keys: vec![account.to_owned()],
        lead: false,
    };
    move |registry| registry.add_staff(new.clone())
}

impl Run {
    /// A member of staff is registered with their own number, or the number is added. Sometimes they have another
    /// account there, or another number.
    pub(crate) fn name_member(&mut self) {
        let body = self.pick(&BODIES);
        let taken: Vec<Who> = self.m.accounts_of(body).filter_map(|(_, one)| one.own).collect();
        let own = if !taken.is_empty() && self.one_in(4) {
            self.pick(&taken)
        } else {
            1 + self.draw(FEW) as Who
        };
        let account = if self.one_in(2) {
            self.pick(&CLERKS).to_owned()
        } else {
            format!("colleague-{}", self.next_text())
        };
        self.name_as(body, &account, own);
    }

    /// Answers whether that was taken.
    pub(crate) fn name_as(&mut self, body: &'static str, account: &str, own: Who) -> bool {
        let outcome = self.call(registered(body, account, own));
        let key = (body, account.to_owned());
        let before = self.m.accounts.get(&key).copied();
        let others = self.m.accounts_of(body);
        let second = others
            .filter(|(name, one)| *name != account && one.own == Some(own))
            .any(|(name, one)| !one.ended || self.m.is_stopped(body, name));
        let other = before.is_some_and(|one| one.own.is_some_and(|before| before != own));
        if second || other {
            assert_eq!(
                outcome.unwrap_err().code(),
                "account-taken",
                "{account} at {body}"
            );
            self.did("second accounts refused");
            return false;
        }
        outcome.unwrap();
        // That a number is added to an account that is there already is no step.
        self.m.leaves += u64::from(before.is_none());
        let named = Account {
            own: Some(own),
            ended: false,
        };
        self.m.accounts.insert(key, named);
        self.did("own numbers of staff");
        true
    }

    /// Somebody leaves the staff. Their number is free for another account, unless the account was stopped.
    pub(crate) fn end_member(&mut self) {
        let leaves = |(key, one): (&(&'static str, String), &Account)| {
            (!one.ended && one.own.is_some() && !CLERKS.contains(&key.1.as_str())).then(|| key.clone())
        };
        let staff: Vec<_> = self.m.accounts.iter().filter_map(leaves).collect();
        if staff.is_empty() {
            return;
        }
        let (body, account) = self.pick(&staff);
        self.end_account(body, &account);
    }

    pub(crate) fn end_account(&mut self, body: &'static str, account: &str) {
        let own = self.m.accounts[&(body, account.to_owned())].own.unwrap();
        if let Some(outcome) = self.call_back(|registry| registry.stop_staff(body, account)) {
            outcome.unwrap();
        }
        self.ended_accounts.push((body, account.to_owned()));
        self.took_back(own, Back::Account(self.ended_accounts.len() - 1), "installation");
        self.did("members of staff who left");
    }

    /// A member of staff looks at a colleague, or at themselves.
    pub(crate) fn look_at_colleague(&mut self) {
        let body = self.pick(&[LAW, LAW, EDUCATION]);
        let owns: Vec<Who> = self.m.accounts_of(body).filter_map(|(_, one)| one.own).collect();
        if owns.is_empty() {
            return;
        }
        let who = self.pick(&owns);
        self.bind(who);
        let at_work: Vec<String> = self
            .m
            .accounts_of(body)
            .filter(|(_, one)| !one.ended)
            .map(|(name, _)| name.to_owned())
            .collect();
        if at_work.is_empty() {
            return;
        }
        let ask = Ask {
            body,
            clerk: self.pick(&at_work),
            purpose: RENEWAL,
            profession: "lawyer",
            consent: None,
            wait_days: None,
            misnamed: false,
        };
        self.look(who, &ask);
        self.did("looks at colleagues");
    }

    /// A reviewer is registered with their own number: one to whom much happens, or of whom something waits. The
    /// second one is on the law bureau's staff too, and the first is never registered so.
    pub(crate) fn name_reviewer(&mut self) {
        let id = self.pick(&REVIEWERS[1..]);
        let waits = |person: &Person| person.procedures.iter().any(Procedure::waits);
        let staff = self.m.accounts_of(LAW).filter(|(name, _)| CLERKS.contains(name));
        let clerks: Vec<Who> = staff.filter_map(|(_, one)| one.own).collect();
        let among = match self.one_in(2) {
            _ if id == REVIEWERS[1] && clerks.is_empty() => return,
            _ if id == REVIEWERS[1] => Some(self.pick(&clerks)),
            true => self.who_has(waits),
            false => None,
        };
        let own = among.unwrap_or_else(|| 1 + self.draw(FEW) as Who);
        let number = made_up(own).number;
        let outcome = self.call(|registry| registry.add_reviewer(id, "测试员", Some(&number)));
        let held = &self.m.reviewers;
        let other = held.get(id).is_some_and(|before| *before != own);
        if other || held.iter().any(|(reviewer, of)| *reviewer != id && *of == own) {
            return assert_eq!(outcome.unwrap_err().code(), "account-taken", "{id}");
        }
        outcome.unwrap();
        self.m.reviewers.insert(id, own);
        self.did("own numbers of reviewers");
    }

    /// Whether something is about the reviewer themselves.
    pub(crate) fn concerns(&self, id: &str, who: Who) -> bool {
        self.m.reviewers.get(id) == Some(&who)
    }

    /// Whether a reviewer was refused, who is refused just where it is about themselves.
    pub(crate) fn kept_apart(&mut self, id: &str, who: Who, refused: Option<&str>) -> bool {
        let concerned = self.concerns(id, who);
        let kept = refused == Some("reviewer-concerned");
        assert_eq!(kept, concerned, "{id} and {who}: {refused:?}");
        if concerned {
            self.touched.insert(who);
            self.did("reviewers kept from what is about themselves");
        }
        concerned
    }

    /// The reviewer who took this look as a member of a body's staff.
    pub(crate) fn took_as_staff(&self, look: EventId) -> BTreeSet<String> {
        let own = self
            .m
            .looked_by
            .get(&look)
            .and_then(|of| self.m.accounts.get(of)?.own);
        let reviewers = self.m.reviewers.iter();
        let same = reviewers.filter(|(_, of)| own == Some(**of));
        same.map(|(id, _)| (*id).to_owned()).collect()
    }

    /// A reviewer tries to judge, or to read, what is about themselves.
    pub(crate) fn judge_own(&mut self) {
        let known: Vec<(&'static str, Who)> = self.m.reviewers.iter().map(|(id, who)| (*id, *who)).collect();
        if known.is_empty() {
            return;
        }
        let (id, who) = self.pick(&known);
        let procedures = self.of(who).procedures.iter();
        let waiting: Vec<ProcedureId> = procedures
            .filter(|one| matches!(one.kind, "reconsideration" | "complaint") && one.waits())
            .map(|one| one.id)
            .collect();
        for procedure in waiting {
            let to_themselves = |registry: &Registry| {
                wait(registry.assign_procedure(procedure, reviewer(id), reviewer(REVIEWERS[0])))
            };
            let assigned = self.call(to_themselves).unwrap_err();
            assert_eq!(assigned.code(), "reviewer-concerned", "{id}");
            let read = wait(
                self.registry()
                    .read_procedure(Reader::Reviewer(reviewer(id)), procedure),
            );
            assert_eq!(read.unwrap_err().code(), "reviewer-concerned", "{id}");
            self.kept_apart(id, who, Some("reviewer-concerned"));
        }
        let looks: Vec<EventId> = self
            .m
            .queue
            .iter()
            .filter(|(_, one)| one.who == who)
            .map(|(look, _)| *look)
            .collect();
        for look in looks {
            let opened = wait(self.registry().review_case(id, look)).unwrap_err();
            assert_eq!(opened.code(), self.own_look(who, look), "{id}");
            self.kept_apart(id, who, Some("reviewer-concerned"));
        }
    }

    /// What a reviewer is told who asks for a look at themselves: that there is none, while its notice waits.
    pub(crate) fn own_look(&self, who: Who, look: EventId) -> &'static str {
        let mut waiting = self.of(who).waiting.iter();
        match waiting.any(|one| one.look == Some(look) && one.to_be_told) {
            true => "item-unknown",
            false => "reviewer-concerned",
        }
    }

    /// What one reviewer finds in their lists: all that any finds, but for what is about themselves. Looks at colleagues
    /// are in the queue as such.
    pub(crate) fn check_own_numbers(&mut self) {
        let id = REVIEWERS[self.reviewer_turn % REVIEWERS.len()];
        self.reviewer_turn += 1;
        let own = self.m.reviewers.get(id).copied();
        let today = self.today();
        let queue = wait(self.registry().review_queue_for(&reviewer(id))).unwrap();
        let found: BTreeSet<EventId> = queue.looks.iter().map(|item| item.look).collect();
        let others = self.m.queue.iter().filter(|(_, one)| Some(one.who) != own);
        assert_eq!(
            found,
            others.map(|(look, _)| *look).collect(),
            "what {id} looks into"
        );
        for item in &queue.looks {
            let colleague = self.m.queue[&item.look].causes.contains(&Cause::Colleague);
            let told = item.causes.contains(&Cause::Colleague);
            assert_eq!(told, colleague, "a look at a colleague of {}", item.staff);
        }
        let name = format!("reviewer:{id}");
        // Without what is about themselves, which a list leaves out of what it holds.
        let procedures = |wanted: &dyn Fn(Who, &Procedure) -> bool| -> Vec<ProcedureId> {
            let all = self.listed(wanted).into_iter();
            let others = all.filter(|(who, _)| Some(*who) != own);
            others.map(|(_, one)| one.id).collect()
        };
        let late = procedures(&|_, one| one.is_late(today));
        // What was given to a reviewer whom it turned out to be about waits for any.
        let holder = |turn: &str| {
            turn.strip_prefix("reviewer:")
                .and_then(|id| self.m.reviewers.get(id))
        };
        let mine = procedures(&|who, one| {
            let turn = one.waits_for.as_deref().unwrap_or_default();
            turn == name || turn == ":reviewers" || holder(turn) == Some(&who)
        });
        let found = wait(self.registry().overdue_for(&reviewer(id))).unwrap();
        let found: Vec<ProcedureId> = found.iter().map(|one| one.procedure).collect();
        assert_eq!(found, late, "what is late, for {id}");
        let found = wait(self.registry().reviewer_procedures(&reviewer(id))).unwrap();
        let found: Vec<ProcedureId> = found.iter().map(|one| one.procedure).collect();
        assert_eq!(found, mine, "what waits for {id}");
    }

    /// Which accounts have no own number, and who is on the staff.
    pub(crate) fn check_accounts(&self) {
        let found = wait(self.registry().without_own_number()).unwrap();
        let found: BTreeSet<_> = found.into_iter().map(|one| (one.body, one.account)).collect();
        let staff = self
            .m
            .accounts
            .iter()
            .filter(|(_, one)| one.own.is_none() && !one.ended);
        let mut expected: BTreeSet<_> = staff
            .map(|((body, account), _)| (Some((*body).to_owned()), account.clone()))
            .collect();
        let reviewers = REVIEWERS.iter().filter(|id| !self.m.reviewers.contains_key(*id));
        expected.extend(reviewers.map(|id| (None, (*id).to_owned())));
        assert_eq!(found, expected, "accounts without an own number");
        for body in BODIES {
            let found = wait(self.registry().staff(body)).unwrap().into_iter();
            let found: Vec<_> = found
                .map(|one| (one.staff, one.own_number, one.ended_at.is_some()))
                .collect();
            let expected = self.m.accounts_of(body);
            let mut expected: Vec<_> = expected
                .map(|(account, one)| (account.to_owned(), one.own.is_some(), one.ended))
                .collect();
            expected.sort();
            assert_eq!(found, expected, "the staff of {body}");
        }
    }
}
