//! What was destroyed is proved to be: of each erasure, in the hour in which it was done, its receipt is taken and given
//! to what `standing erase verify` asks.

use model::EventId;
use testkit::wait;

use crate::{
    model::{Erased, Who},
    run::Run,
};

impl Run {
    /// Of all that was destroyed since the last time nothing can be read any more. Right after the daily work: a person's
    /// key goes with the last of theirs at the next one, where something of theirs came to its end since.
    pub(crate) fn prove_erasures(&mut self) {
        let since = self.apart.split_off(self.proved);
        for erased in &since {
            let (who, kind, subject): (Who, &str, Option<[u8; 16]>) = match erased {
                Erased::Record(who, id) => (*who, "erased", Some(*id.as_bytes())),
                Erased::Procedure(who, id) => (*who, "procedure-erased", Some(*id.as_bytes())),
                Erased::Person(who) => (*who, "identity-erased", None),
                // An address is nothing that anybody holds a receipt of.
                Erased::Email(..) => continue,
            };
            let event = self.erasure(who, kind, subject);
            let receipt = wait(self.registry().event_receipt(self.id(who), event)).unwrap();
            let receipt = receipt.unwrap_or_else(|| panic!("{erased:?} has a receipt"));
            let proof = self.registry().prove_erased(&receipt).unwrap();
            assert!(proof.holds(), "{erased:?} on {}: {proof:?}", self.today());
            self.did("erasures proved");
        }
        self.apart.extend(since);
        self.proved = self.apart.len();
    }

    /// The latest event that says so.
    fn erasure(&self, who: Who, kind: &str, subject: Option<[u8; 16]>) -> EventId {
        let sql = "SELECT event, kind, subject FROM event WHERE person = $1 ORDER BY leaf DESC";
        let events = self.rows(sql, self.id(who), |row| {
            let event = EventId::from_bytes(row.array()?);
            Ok((event, row.text()?, row.opt_blob()?))
        });
        let says = |of: &str, about: &Option<Vec<u8>>| {
            of == kind && about.as_deref() == subject.as_ref().map(<[u8; 16]>::as_slice)
        };
        let found = events.into_iter().find(|(_, of, about)| says(of, about));
        found
            .unwrap_or_else(|| panic!("an event of {who} that is {kind}"))
            .0
    }
}
