//! What each side should hold and show of alerts.

use std::collections::BTreeSet;

use jiff::civil::Date;
use model::AlertId;
use registry::{AlertView, NoticeKind};
use testkit::{made_up, prove_log, wait};

use super::{Peer, THERE};
use crate::{
    calendar::{ALERT_DAYS, after_days},
    model::Who,
    run::{EDUCATION, LAW, Run},
};

impl Peer {
    /// It holds what it was told, and told each of those people once.
    pub(super) fn check(&self, people: &BTreeSet<Who>) {
        let registry = &self.there().registry;
        let inbox = wait(registry.alerts_for(LAW)).unwrap();
        let mut found: Vec<_> = inbox
            .iter()
            .map(|one| {
                (
                    one.effect.as_str(),
                    one.starts_on,
                    one.ends_on,
                    (one.disputed, one.withheld),
                )
            })
            .collect();
        let open = self.held.values().filter(|one| one.open);
        let mut expected: Vec<_> = open
            .map(|one| {
                let (says, marks) = (&one.says, (one.says.disputed, one.says.withheld));
                (says.effect, Some(says.from), says.to, marks)
            })
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "what the peer holds");
        for who in people {
            let person = registry.keys().person(&made_up(*who).number);
            let notices = wait(registry.notices(person)).unwrap();
            let count = |kind| notices.iter().filter(|one| one.kind == kind).count();
            let told = self.told.get(who).copied().unwrap_or_default();
            // Of alerts of its own the person hears too.
            let own = self.theirs.iter().filter(|one| one.who == *who);
            let own = own.fold((0, 0), |(sent, closed), one| {
                (sent + 1, closed + usize::from(!one.alert.open))
            });
            let kinds = [
                NoticeKind::AlertArrived,
                NoticeKind::AlertSent,
                NoticeKind::AlertClosed,
            ];
            assert_eq!(
                kinds.map(count),
                [told.0, own.0, told.1 + own.1],
                "what {who} was told there, each once"
            );
        }
    }
}

impl Run {
    /// Where nothing waits to be told, each side holds exactly what the other one says today.
    pub(super) fn check_peer(&self, peer: &Peer) {
        let today = self.today();
        let all = (0..)
            .zip(&self.m.people)
            .flat_map(|(who, person): (Who, _)| person.alerts.iter().map(move |alert| (who, alert)));
        let own = all.map(|(who, alert)| {
            (
                who,
                alert,
                peer.held
                    .get(&alert.id.unwrap_or_else(|| AlertId::from_bytes([0; 16]))),
            )
        });
        let theirs = peer
            .theirs
            .iter()
            .map(|one| (one.who, &one.alert, self.m.incoming.get(&one.alert.id.unwrap())));
        for (who, alert, held) in own.chain(theirs) {
            let strayed = alert.id.is_some_and(|id| peer.strayed.contains(&id));
            if alert.to_peer.is_none() || alert.is_pending() || strayed {
                continue;
            }
            let open = alert.open && !alert.says.is_over(today);
            let held = held.filter(|one| one.open && !one.says.is_over(today));
            let says = held.map(|one| &one.says);
            assert_eq!(
                says,
                open.then_some(&alert.says),
                "an alert about {who} at the other side"
            );
        }
    }

    /// What somebody reads of the alerts about them: who was told, by which day it had to be, and who has confirmed.
    pub(crate) fn check_alerts(&self, who: Who, views: &[AlertView]) {
        let person = self.of(who);
        let incoming = self
            .m
            .incoming
            .values()
            .filter(|one| one.who == who && one.open)
            .count();
        let from_peer = views
            .iter()
            .filter(|one| one.item.peer.is_some() && one.closed_at.is_none());
        assert_eq!(from_peer.count(), incoming, "alerts about {who} from the peer");
        let own = views.iter().filter(|one| one.item.peer.is_none()).count();
        assert_eq!(own, person.alerts.len(), "alerts about {who}");
        for alert in person.alerts.iter().filter(|one| one.id.is_some()) {
            let view = views.iter().find(|one| Some(one.item.alert) == alert.id).unwrap();
            assert_eq!(view.closed_at.is_none(), alert.open, "an alert about {who}");
            let [here, there] = view.receivers.as_slice() else {
                panic!("an alert about {who} goes to one here and to the peer")
            };
            let due_on = |from: Date| Some(after_days(from, ALERT_DAYS));
            let to_peer = due_on(alert.to_peer.unwrap());
            assert_eq!(
                (here.receiver.as_str(), here.due_on),
                (EDUCATION, due_on(alert.opened_on))
            );
            assert_eq!((there.receiver.as_str(), there.due_on), (THERE, to_peer));
            let marks = (
                alert.open && person.is_disputed(alert.record),
                alert.open && person.is_withheld(alert.record, self.today()),
            );
            assert_eq!(
                (view.item.disputed, view.item.withheld),
                marks,
                "what an alert about {who} says of a dispute"
            );
            assert!(here.told_at.is_some());
            assert_eq!(
                here.closed_at.is_none(),
                alert.open,
                "an alert about {who} is closed here at once"
            );
            assert_eq!(
                there.told_at.is_some(),
                alert.confirmed > 0,
                "what the peer confirmed about {who}"
            );
            let closed = !alert.open && !alert.is_pending();
            assert_eq!(
                there.closed_at.is_some(),
                closed,
                "that the peer confirmed the end about {who}"
            );
        }
    }

    /// The peer's own log, whole.
    pub(crate) fn check_peer_log(&self) {
        if let Some(peer) = &self.peer {
            prove_log(&peer.there().registry);
        }
    }
}
