//! Records that were withdrawn and are ordered to come in again: the order certifies that they are right, and is
//! followed once they are filed. One that is set aside lets nothing in.

use model::VersionKind;
use registry::CarryOut;
use testkit::wait;

use crate::{
    court::TOLD,
    model::{Order, Procedure, Record, Who},
    run::Run,
};

impl Run {
    /// An order about a record: mostly one that fits it.
    pub(crate) fn order_about(&mut self, who: Who, record: usize) -> Order {
        match self.draw(8) {
            0 => self.pick(&[Order::Correct, Order::Withdraw, Order::Readmit]),
            1 | 2 => Order::Stand,
            _ if self.record(who, record).latest() == VersionKind::Withdrawn => Order::Readmit,
            _ => self.pick(&[Order::Correct, Order::Withdraw]),
        }
    }

    /// Whether an order fits a record as it stands.
    pub(crate) fn fits(&self, who: Who, record: usize, order: Order) -> bool {
        let one = self.record(who, record);
        let withdrawn = one.latest() == VersionKind::Withdrawn;
        match order {
            Order::Correct | Order::Withdraw => !withdrawn,
            // What was restored no longer counted when it was withdrawn.
            Order::Readmit => withdrawn && one.versions.iter().all(|one| one.change != VersionKind::Restored),
            Order::Stand => true,
            Order::Improper => false,
        }
    }

    /// Whether a court may order that a record comes in again.
    pub(crate) fn may_come_again(one: &Record) -> bool {
        one.latest() == VersionKind::Withdrawn && !one.erased
    }

    /// What an order to file a record again brings with it.
    pub(crate) fn let_in(&mut self, who: Who, at: usize, by: &str) {
        let one = self.of(who).procedures[at].clone();
        if !one.is_ordered(Order::Readmit) {
            return;
        }
        let record = one.record.unwrap();
        let document = self.record(who, record).document.clone();
        let certified = format!("reviewer:{by}");
        // What a court decided is no judgment of who puts it down.
        let of_court = one.judgment.is_some();
        if !of_court {
            let person = self.m.of(who);
            person.certified.insert((document.clone(), by.to_owned()));
            self.m.event(who, "reentry-certified", &certified, "");
        }
        let there = |one: &Record| one.document == document && one.latest() != VersionKind::Withdrawn;
        if self.of(who).records.iter().any(there) {
            self.followed(who, at, one.status, "installation", TOLD);
            return self.did("orders to file again what was filed already");
        }
        let ended = &mut self.m.of(who).ended;
        let ended = ended.entry(document).or_insert((record, "withdrawn", false));
        if ended.2 {
            return self.did("orders to file again what was certified already");
        }
        ended.2 = true;
        if of_court {
            let purpose = "reconsideration:record-outside-decision";
            self.m.event(who, "reentry-certified", &certified, purpose);
        }
        self.did("orders to file again");
    }

    /// Another decision took the place of what stood before: what was to be filed again is not, unless another order
    /// about the same document says so still.
    pub(crate) fn keep_out(&mut self, who: Who, before: &Procedure, now: Order) {
        if !before.is_ordered(Order::Readmit) || now == Order::Readmit {
            return;
        }
        let document = self.record(who, before.record.unwrap()).document.clone();
        if !self.to_be_filed_again(who, &document).is_empty() {
            return self.did("orders to file again of which another was set aside");
        }
        if let Some(ended) = self.m.of(who).ended.get_mut(&document) {
            ended.2 = false;
        }
        self.did("orders to file again that were set aside");
    }

    /// A document came in again: what was ordered of it is followed.
    pub(crate) fn came_as_ordered(&mut self, who: Who, document: &str) {
        for at in 0..self.of(who).procedures.len() {
            let one = &self.of(who).procedures[at];
            let about = one
                .record
                .is_some_and(|record| self.record(who, record).document == document);
            if about && one.kind == "reconsideration" && one.waits() {
                self.pass(who, at);
            }
        }
        for at in self.to_be_filed_again(who, document) {
            let one = &self.of(who).procedures[at];
            let (status, authority) = (one.status, one.authority.clone().unwrap());
            self.followed(who, at, status, &authority, TOLD);
            self.did("records filed again as ordered");
        }
    }

    /// The procedures in which it is ordered that a document is filed again.
    fn to_be_filed_again(&self, who: Who, document: &str) -> Vec<usize> {
        let procedures = &self.of(who).procedures;
        let about = |one: &Procedure| {
            let record = one
                .record
                .filter(|_| !one.forgotten && one.is_ordered(Order::Readmit));
            record.is_some_and(|record| self.record(who, record).document == document)
        };
        (0..procedures.len())
            .filter(|at| about(&procedures[*at]))
            .collect()
    }

    /// What is ordered to be filed again is followed by filing it, and by nothing else.
    pub(crate) fn follow_by_filing(&mut self, who: Who, one: &Procedure) {
        let document = self.record(who, one.record.unwrap()).document.clone();
        if self.one_in(4) {
            let authority = one.authority.clone().unwrap();
            let withdraws = |registry: &registry::Registry| {
                wait(registry.follow_order(&authority, one.id, CarryOut::Withdraw))
            };
            let outcome = self.call(withdraws);
            return assert_eq!(outcome.unwrap_err().code(), "ordered-otherwise", "{who}");
        }
        assert!(
            self.of(who).ended[&document].2,
            "what is ordered to be filed again may be, {who}"
        );
        self.send_ended(who, &document);
    }
}
