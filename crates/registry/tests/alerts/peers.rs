//! Between two installations.

use jiff::civil::date;
use model::RecordKind;
use profile::{ByDay, Deadline};
use registry::{
    AlertContent, AlertMessage, AlertTaken, Delivered, EventKind, LateAlerts, NewPeer, Peer, PeerClient,
    PeerError, PeerFault, PutBack, PutBackTaken, ReceiveError,
};
use testkit::{Installation, SourceRow, gansu, made_up, on_both_engines, prove_log, wait};

use crate::kit::{
    LAW, OTHER, Way, Wire, actors, alerts, befriend, decide, inbox, installation, licensed, notices, opened,
    profile, prohibition,
};

/// The way to an installation that knows the sender by its key, as the interface does.
struct Anew<'a> {
    to: &'a Installation,
    urls: std::cell::RefCell<Vec<String>>,
    key: [u8; 32],
}

impl PeerClient for Anew<'_> {
    fn deliver(&self, to: &Peer, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        self.urls.borrow_mut().push(to.registered.url.clone());
        let from = wait(self.to.registry.peer_of_key(self.key)).unwrap().unwrap();
        let taken = wait(
            self.to
                .registry
                .receive_alert(&from.registered.peer, None, message.clone()),
        );
        taken.map_err(|error| PeerFault::Refused(error.code().unwrap_or("failed").to_owned()))
    }

    fn put_back(&self, _: &Peer, _: &PutBack) -> Result<PutBackTaken, PeerFault> {
        unreachable!("no copy is put back here")
    }
}

pub(crate) fn content() -> AlertContent {
    AlertContent {
        name: made_up(1).name,
        number: made_up(1).number,
        profession: "lawyer".to_owned(),
        authority: "their-bureau".to_owned(),
        authority_name: "某司法厅".to_owned(),
        effect: "prohibits".to_owned(),
        starts_on: None,
        ends_on: Some("2027-11-10".parse().unwrap()),
        disputed: false,
        withheld: false,
    }
}

pub(crate) fn message(revision: i64, open: Option<AlertContent>) -> AlertMessage {
    AlertMessage {
        message: format!("{revision:032x}"),
        alert: model::AlertId::from_bytes([7; 16]),
        revision,
        open,
    }
}

fn receive(there: &Installation, message: AlertMessage) -> Result<(), Option<&'static str>> {
    let taken = wait(there.registry.receive_alert("first", None, message.clone()));
    taken
        .map(|taken| {
            assert_eq!(
                (taken.message, taken.revision),
                (message.message, message.revision)
            )
        })
        .map_err(|error| error.code())
}

pub(crate) fn pair(engine: testkit::Engine) -> (Installation, Installation) {
    let (here, there) = (installation(engine), Installation::with(engine, gansu()));
    befriend(&here.registry, &there.registry);
    (here, there)
}

on_both_engines! {
    fn a_peer_is_told_keeps_it_sealed_and_puts_it_to_those_who_license_the_profession(engine: Engine) {
        let (here, there) = pair(engine);
        decide(&here, prohibition("2027-11-10"));
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered { told: 1, failed: 0 });
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered::default(), "once is enough");
        assert_eq!(actors(&here, EventKind::AlertSent), ["education-department", "there"]);
        let peer = alerts(&here)[0].receivers.iter().find(|one| one.peer).unwrap().clone();
        assert!(peer.told_at.is_some() && peer.due_on.is_some());

        for authority in there.registry.profile().authorities.keys() {
            assert_eq!(inbox(&there, authority).len(), usize::from(authority == LAW), "{authority}");
        }
        for (place, bytes) in there.store.every_byte(there.folder.path()) {
            let number = made_up(1).number;
            assert!(!bytes.windows(number.len()).any(|part| part == number.as_bytes()), "{place}");
        }
        assert_eq!(opened(&there, LAW), opened(&here, "education-department"));
        // They have no record there, and still sign in and see it, and who looked.
        let found = |name: &str| wait(there.registry.find_person(&made_up(1).number, name)).unwrap();
        assert!(found(&made_up(1).name).is_some() && found("别人").is_none());
        assert_eq!(alerts(&there)[0].item.peer.as_deref(), Some("first"));
        assert_eq!(notices(&there), (1, 0));
        assert_eq!(actors(&there, EventKind::AlertSent), [LAW]);
        assert_eq!(actors(&there, EventKind::AlertSeen), [LAW]);
        assert!(wait(there.registry.find_person(&made_up(2).number, &made_up(2).name)).unwrap().is_none());
        prove_log(&there.registry);
        prove_log(&here.registry);
    }

    fn an_end_closes_it_at_the_peer_and_is_confirmed_even_when_the_peer_was_ended(engine: Engine) {
        let (here, there) = pair(engine);
        decide(&here, prohibition("2027-11-10"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        here.registry.end_peer("there").unwrap();
        there.registry.end_peer("first").unwrap();
        let warned = SourceRow::decision(1).with("disclosure_ends_on", "2027-11-10").correcting();
        decide(&here, warned);
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert!(wire.arrived.borrow()[0].open.is_none(), "an end names nobody");
        assert!(inbox(&there, LAW).is_empty());
        assert_eq!(notices(&there), (1, 1));
        let peer = alerts(&here)[0].receivers.iter().find(|one| one.peer).unwrap().clone();
        assert!(peer.closed_at.is_some(), "confirmed");
        // A new one is neither sent nor taken.
        decide(&here, prohibition("2027-11-10").document("甘律罚〔2026〕二号"));
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered::default());
    }

    fn a_peer_that_is_registered_anew_under_another_name_is_the_same_and_holds_an_alert_once(engine: Engine) {
        let (here, there) = pair(engine);
        decide(&here, prohibition("2027-11-10"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        // Both sides end the other and register it anew, with the same key, at another address.
        let anew = |id: &str, key, sends| NewPeer {
            peer: id.to_owned(),
            url: format!("https://{id}.example"),
            public_key: key,
            professions: ["lawyer".to_owned()].into(),
            sends,
            takes: !sends,
        };
        let (key_here, key_there) =
            (here.registry.peer_key().unwrap().public_key, there.registry.peer_key().unwrap().public_key);
        here.registry.end_peer("there").unwrap();
        here.registry.add_peer(anew("there-2", key_there, true)).unwrap();
        there.registry.end_peer("first").unwrap();
        there.registry.add_peer(anew("first-2", key_here, false)).unwrap();
        let known = || wait(there.registry.peer_of_key(key_here)).unwrap().unwrap();
        assert_eq!(known().registered.peer, "first-2", "though both were registered in the same second");

        here.registry.do_what_is_due().unwrap();
        let wire = Anew { to: &there, urls: Default::default(), key: key_here };
        here.registry.deliver_alerts(&wire).unwrap();
        assert_eq!(inbox(&there, LAW).len(), 1, "once in effect");
        assert_eq!((notices(&there), alerts(&there).len()), ((1, 0), 1));

        // What it sent under its old name is revised, and closed, under its new one.
        let suspended = SourceRow::decision(1).with("penalty", "暂扣许可证件").with("disclosure_ends_on", "2027-12-10");
        decide(&here, suspended.correcting());
        here.registry.deliver_alerts(&wire).unwrap();
        let effects: Vec<String> = opened(&there, LAW).into_iter().map(|one| one.effect).collect();
        assert_eq!(effects, ["suspends"]);
        decide(&here, SourceRow::decision(1).with("disclosure_ends_on", "2027-11-10").correcting());
        here.registry.deliver_alerts(&wire).unwrap();
        assert!(inbox(&there, LAW).is_empty(), "closed");
        assert_eq!(notices(&there), (1, 1));
        let open = alerts(&here)[0].receivers.iter().filter(|one| one.closed_at.is_none()).count();
        assert_eq!(open, 0, "confirmed under both names");
        let urls = wire.urls.take();
        assert!(urls.iter().all(|url| url == "https://there-2.example"), "where it is now: {urls:?}");
    }

    fn while_a_peer_is_away_it_is_held_and_waits_grow(engine: Engine) {
        let (here, there) = pair(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2)]);
        decide(&here, prohibition("2027-11-10"));
        let second = SourceRow::decision(2).with("penalty", "限制从业").with("disclosure_ends_on", "2027-11-10");
        decide(&here, second);
        let wire = Wire::new(&there.registry, &[Way::Lost; 3]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered { told: 0, failed: 1 }, "one try for all");
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered::default(), "not before its time");
        here.later(1);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().failed, 1);
        let here = here.reopen();
        here.later(6);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().failed, 1);
        here.later(6);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered { told: 2, failed: 0 });
        assert_eq!(inbox(&there, LAW).len(), 2);
    }

    fn one_that_ended_before_it_was_ever_sent_is_not_sent(engine: Engine) {
        let (here, there) = pair(engine);
        let filed = decide(&here, prohibition("2027-11-10"));
        here.registry.take_back(LAW, filed.submission).unwrap();
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered::default());
        assert_eq!(actors(&here, EventKind::AlertSent), ["education-department"]);
        // One whose sending was tried may have arrived.
        let filed = decide(&here, prohibition("2027-11-10").document("甘律罚〔2026〕二号"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[Way::AnswerLost])).unwrap();
        assert_eq!(inbox(&there, LAW).len(), 1);
        here.registry.take_back(LAW, filed.submission).unwrap();
        here.later(7);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert!(inbox(&there, LAW).is_empty());
    }

    fn a_kill_between_any_two_steps_loses_and_doubles_nothing(engine: Engine) {
        for step in ["alert.lease", "alert.told"] {
            let there = Installation::with(engine, gansu());
            let here = Installation::stopping(engine, step, 0);
            licensed(&here);
            befriend(&here.registry, &there.registry);
            decide(&here, prohibition("2027-11-10"));
            let wire = Wire::new(&there.registry, &[]);
            here.registry.deliver_alerts(&wire).unwrap_err();
            let here = here.reopen();
            here.later(1);
            assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1, "{step}");
            let arrived = wire.arrived.borrow();
            assert_eq!(arrived.len(), if step == "alert.told" { 2 } else { 1 });
            assert!(arrived.iter().all(|one| *one == arrived[0]), "the same message");
            assert_eq!(inbox(&there, LAW).len(), 1);
            assert_eq!((notices(&here), notices(&there)), ((1, 0), (1, 0)));
            assert_eq!(actors(&here, EventKind::AlertSent), ["there"]);
            assert_eq!(actors(&there, EventKind::AlertSent), [LAW]);
        }
    }

    fn an_authority_that_does_not_open_an_alert_in_time_is_reminded_and_shown_to_the_reviewers(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        here.registry.do_what_is_due().unwrap();
        let late = || {
            let late = wait(here.registry.late_authorities()).unwrap();
            let late = late.into_iter().map(|one| (one.authority, one.alerts, one.due_on.unwrap().to_string()));
            late.collect::<Vec<_>>()
        };
        let item = || wait(here.registry.alerts_for(OTHER)).unwrap().remove(0);
        assert_eq!((item().open_by.unwrap().to_string().as_str(), item().late), ("2026-11-26", false));
        here.at("2026-11-26T15:59:00Z");
        assert!(late().is_empty() && !item().late, "it has until the day is over");
        here.at("2026-11-26T16:01:00Z");
        assert_eq!(late(), [(OTHER.to_owned(), 1, "2026-11-26".to_owned())]);
        assert!(item().late);
        opened(&here, OTHER);
        assert!(late().is_empty() && !item().late && item().open_by.is_none());
    }

    fn a_peer_that_does_not_confirm_in_time_is_shown_to_the_reviewers(engine: Engine) {
        let (here, there) = pair(engine);
        let late = |here: &Installation| {
            let late = wait(here.registry.late_peers()).unwrap();
            let late = late.into_iter().map(|one| (one.peer, one.what, one.alerts, one.due_on.unwrap().to_string()));
            late.collect::<Vec<_>>()
        };
        let there_is = |what, day: &str| vec![("there".to_owned(), what, 1, day.to_owned())];
        let filed = decide(&here, prohibition("2027-11-10"));
        let wire = || Wire::new(&there.registry, &[]);
        let away = || Wire::new(&there.registry, &[Way::Lost; 9]);
        here.at("2026-11-26T15:59:00Z");
        here.registry.deliver_alerts(&away()).unwrap();
        assert!(late(&here).is_empty(), "it has until the day is over");
        here.at("2026-11-26T16:01:00Z");
        assert_eq!(late(&here), there_is(LateAlerts::Untold, "2026-11-26"));
        here.later(7);
        here.registry.deliver_alerts(&wire()).unwrap();
        assert!(late(&here).is_empty());

        // A change that it does not take.
        here.at("2026-12-01T01:00:00Z");
        decide(&here, prohibition("2027-12-10").correcting());
        here.at("2026-12-04T15:59:00Z");
        here.registry.deliver_alerts(&away()).unwrap();
        assert!(late(&here).is_empty());
        here.at("2026-12-04T16:01:00Z");
        assert_eq!(late(&here), there_is(LateAlerts::Changed, "2026-12-04"));
        here.later(7);
        here.registry.deliver_alerts(&wire()).unwrap();
        assert!(late(&here).is_empty());

        // An end, which a peer that was ended is told too.
        here.at("2026-12-10T01:00:00Z");
        here.registry.take_back(LAW, filed.submission).unwrap_err();
        let warned = SourceRow::decision(1).with("disclosure_ends_on", "2027-12-10").correcting();
        decide(&here, warned);
        here.registry.end_peer("there").unwrap();
        here.at("2026-12-13T16:01:00Z");
        here.registry.deliver_alerts(&away()).unwrap();
        assert_eq!(late(&here), there_is(LateAlerts::Closed, "2026-12-13"));
        let here = here.reopen();
        here.later(7);
        here.registry.deliver_alerts(&wire()).unwrap();
        assert!(late(&here).is_empty());
    }

    fn a_peer_is_late_by_the_deadline_of_the_day_on_which_something_changed(engine: Engine) {
        let (mut profile, day) = (profile(), date(2027, 1, 1));
        let sent = &mut profile.procedures.alert_sent;
        let before = Deadline { days: 20, ..sent.on(day).clone() };
        *sent = ByDay::always(before.clone()).then(day, Deadline { days: 3, ..before });
        let (here, there) = (Installation::with(engine, profile), Installation::with(engine, gansu()));
        licensed(&here);
        befriend(&here.registry, &there.registry);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2)]);
        let prohibits = |n, until: &str| prohibition(until).with("licence_number", format!("LAW-{n:08}")).about(made_up(n));
        let prohibits = |n, until: &str| prohibits(n, until).with("document_number", format!("甘律罚〔2026〕{n:05}号"));
        decide(&here, prohibits(1, "2027-11-10"));
        decide(&here, prohibits(2, "2027-11-10"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        // It is away from now on. One alert changes before the law does, one after.
        here.at("2026-12-28T01:00:00Z");
        decide(&here, prohibits(1, "2027-12-10").correcting());
        here.at("2027-01-02T01:00:00Z");
        decide(&here, prohibits(2, "2027-12-10").correcting());
        let late = || {
            let late = wait(here.registry.late_peers()).unwrap();
            let late = late.into_iter().map(|one| (one.what, one.alerts, one.due_on.unwrap().to_string()));
            late.collect::<Vec<_>>()
        };
        here.at("2027-01-05T15:59:00Z");
        assert!(late().is_empty());
        here.at("2027-01-05T16:01:00Z");
        assert_eq!(late(), [(LateAlerts::Changed, 1, "2027-01-05".to_owned())]);
        here.at("2027-01-17T15:59:00Z");
        assert_eq!(late(), [(LateAlerts::Changed, 1, "2027-01-05".to_owned())]);
        here.at("2027-01-17T16:01:00Z");
        assert_eq!(late(), [(LateAlerts::Changed, 2, "2027-01-05".to_owned())]);
    }

    fn repeats_and_what_comes_too_late_change_nothing(engine: Engine) {
        let (_, there) = pair(engine);
        receive(&there, message(1, Some(content()))).unwrap();
        receive(&there, message(1, Some(content()))).unwrap();
        let longer = AlertContent { ends_on: Some("2028-01-31".parse().unwrap()), ..content() };
        receive(&there, message(3, Some(longer.clone()))).unwrap();
        receive(&there, message(2, None)).unwrap();
        assert_eq!(opened(&there, LAW), std::slice::from_ref(&longer));
        receive(&there, message(4, None)).unwrap();
        receive(&there, message(3, Some(longer))).unwrap();
        assert!(inbox(&there, LAW).is_empty());
        assert_eq!(notices(&there), (1, 1));
        // Its end may come before it ever came.
        let of_another = |revision, open| AlertMessage {
            alert: model::AlertId::from_bytes([8; 16]),
            ..message(revision, open)
        };
        receive(&there, of_another(2, None)).unwrap();
        receive(&there, of_another(1, Some(content()))).unwrap();
        assert!(inbox(&there, LAW).is_empty());
    }

    fn a_receiver_closes_by_itself_on_the_day_though_its_peer_is_away(engine: Engine) {
        let (_, there) = pair(engine);
        receive(&there, message(1, Some(content()))).unwrap();
        there.at("2027-11-10T16:00:00Z");
        there.registry.do_what_is_due().unwrap();
        assert!(inbox(&there, LAW).is_empty());
        receive(&there, message(2, None)).unwrap();
        assert_eq!(notices(&there), (1, 1), "told once");
    }

    fn what_a_peer_may_not_send_is_refused_by_its_code(engine: Engine) {
        let (_, there) = pair(engine);
        let with = |change: &dyn Fn(&mut AlertContent)| {
            let mut changed = content();
            change(&mut changed);
            receive(&there, message(1, Some(changed)))
        };
        assert_eq!(with(&|one| "teacher".clone_into(&mut one.profession)), Err(Some("alert-profession")));
        assert_eq!(with(&|one| "x".clone_into(&mut one.profession)), Err(Some("alert-profession")));
        assert_eq!(with(&|one| "990000".clone_into(&mut one.number)), Err(Some("alert-malformed")));
        assert_eq!(with(&|one| "warns".clone_into(&mut one.effect)), Err(Some("alert-malformed")));
        assert_eq!(with(&|one| one.name = "名".repeat(201)), Err(Some("alert-malformed")));
        assert_eq!(with(&|one| "名\n".clone_into(&mut one.name)), Err(Some("alert-malformed")));
        assert_eq!(with(&|one| one.starts_on = Some("9999-01-01".parse().unwrap())), Err(Some("alert-malformed")));
        // No file is kept on a child, whoever tells.
        assert_eq!(with(&|one| one.number = testkit::made_up_born_on(1, "20180504").number), Err(Some("alert-malformed")));
        assert_eq!(receive(&there, message(0, None)), Err(Some("alert-malformed")));
        let stranger = wait(there.registry.receive_alert("nobody", None, message(1, None)));
        assert!(matches!(stranger, Err(ReceiveError::NotTaken)));
        there.registry.end_peer("first").unwrap();
        assert_eq!(receive(&there, message(1, Some(content()))), Err(Some("alerts-not-taken")));
        assert!(inbox(&there, LAW).is_empty());
    }

    fn a_peer_has_a_name_of_its_own_and_professions_of_the_profile(engine: Engine) {
        let (here, _) = pair(engine);
        let peer = |id: &str| NewPeer {
            peer: id.to_owned(),
            url: "https://x.example".to_owned(),
            public_key: [1; 32],
            professions: ["lawyer".to_owned()].into(),
            sends: true,
            takes: true,
        };
        here.registry.add_peer(peer("new")).unwrap();
        here.registry.add_peer(peer("new")).unwrap();
        let other = NewPeer { public_key: [2; 32], ..peer("new") };
        for (wrong, taken) in [(other, true), (peer(LAW), true), (peer("self"), true), (peer("New"), false)] {
            let refused = here.registry.add_peer(wrong).unwrap_err();
            assert_eq!(matches!(refused, PeerError::Taken), taken, "{refused}");
        }
        let unknown = NewPeer { professions: ["king".to_owned()].into(), ..peer("other") };
        assert!(matches!(here.registry.add_peer(unknown), Err(PeerError::UnknownProfession(_))));
        assert!(matches!(here.registry.end_peer("nobody"), Err(PeerError::NoSuchPeer)));
        let listed: Vec<String> =
            here.registry.peers().unwrap().into_iter().map(|one| one.registered.peer).collect();
        assert_eq!(listed, ["new", "there"]);
    }
}
