//! Those who become receivers after a decision: a peer that is registered later, or for a further profession, and an
//! authority that the profile lets license the profession later.

use model::RecordKind;
use registry::{EventKind, NewPeer, NoticeKind};
use testkit::{Installation, SourceRow, gansu, made_up, on_both_engines, prove_log, wait};

use crate::kit::{
    LAW, OTHER, Wire, actors, alerts, befriend, decide, inbox, installation, licensed, notices, opened,
    profile, prohibition,
};

/// More people than one transaction goes through, twice over.
const MANY: u32 = 130;

fn prohibitions(here: &Installation, people: std::ops::RangeInclusive<u32>) {
    let licences: Vec<SourceRow> = people.clone().map(SourceRow::licence).collect();
    here.file(LAW, RecordKind::Licence, &licences);
    let rows: Vec<SourceRow> = people
        .map(|n| {
            let row = SourceRow::decision(n).with("penalty", "限制从业");
            row.with("disclosure_ends_on", "2027-11-10")
        })
        .collect();
    let done = here.file(LAW, RecordKind::Decision, &rows);
    assert_eq!(done.counts.rejected, 0);
}

/// Who is told of the open alerts about these people, and how often each person was told.
fn told(here: &Installation, people: std::ops::RangeInclusive<u32>) -> Vec<(Vec<String>, usize)> {
    people
        .map(|n| {
            let person = here.registry.keys().person(&made_up(n).number);
            let alerts = wait(here.registry.alerts_about(person)).unwrap();
            let receivers = alerts.into_iter().flat_map(|alert| alert.receivers);
            let names = receivers.map(|one| one.receiver).collect();
            (names, wait(here.registry.notices(person)).unwrap().len())
        })
        .collect()
}

/// How often the first person was told that others became receivers.
fn added(here: &Installation) -> usize {
    let person = here.registry.keys().person(&made_up(1).number);
    let notices = wait(here.registry.notices(person)).unwrap();
    let added = notices
        .iter()
        .filter(|one| one.kind == NoticeKind::AlertReceiverAdded);
    added.count()
}

fn peer(id: &str, professions: &[&str]) -> NewPeer {
    NewPeer {
        peer: id.to_owned(),
        url: format!("https://{id}.example"),
        public_key: [9; 32],
        professions: professions.iter().map(|one| (*one).to_owned()).collect(),
        sends: true,
        takes: false,
    }
}

on_both_engines! {
    fn a_peer_that_is_registered_later_is_told_what_stands_and_nothing_else(engine: Engine) {
        let (here, there) = (Installation::with(engine, gansu()), Installation::with(engine, gansu()));
        licensed(&here);
        decide(&here, prohibition("2027-11-10"));
        let suspended = SourceRow::decision(1).with("penalty", "暂扣许可证件").document("甘律罚暂扣");
        decide(&here, suspended.with("disclosure_ends_on", "2027-11-10"));
        let warned = SourceRow::decision(1).document("甘律罚警告");
        decide(&here, warned.with("disclosure_ends_on", "2027-11-10"));
        let gone = decide(&here, prohibition("2027-11-10").document("甘律罚误"));
        here.registry.take_back(LAW, gone.submission).unwrap();
        decide(&here, prohibition("2026-12-01").document("甘律罚短"));
        let teacher = SourceRow::decision(1)
            .with("profession", "教师")
            .with("licence_number", "甘师1号")
            .document("甘教罚");
        here.file(OTHER, RecordKind::Decision, &[teacher.with("penalty", "限制从业")]);
        here.registry.do_what_is_due().unwrap();
        assert!(alerts(&here).is_empty(), "there was nobody to tell");
        here.at("2026-12-02T04:00:00Z");

        befriend(&here.registry, &there.registry);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(notices(&here), (2, 0), "the person is told at the same time");
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 2);
        let mut effects: Vec<String> = opened(&there, LAW).into_iter().map(|one| one.effect).collect();
        effects.sort();
        assert_eq!(effects, ["prohibits", "suspends"]);
        assert_eq!(actors(&here, EventKind::AlertSent), ["there", "there"]);
        let due: Vec<_> = alerts(&here).iter().map(|one| one.receivers[0].due_on).collect();
        assert_eq!(due, [Some("2026-12-05".parse().unwrap()); 2], "three days from when it could be told");

        here.registry.do_what_is_due().unwrap();
        let here = here.reopen();
        here.registry.do_what_is_due().unwrap();
        assert_eq!((alerts(&here).len(), notices(&here)), (2, (2, 0)), "once");
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 0);
        prove_log(&here.registry);
    }

    fn it_is_added_to_what_is_open_and_the_person_is_told_of_it_once(engine: Engine) {
        let (here, there) = (installation(engine), Installation::with(engine, gansu()));
        decide(&here, prohibition("2027-11-10"));
        here.registry.do_what_is_due().unwrap();
        befriend(&here.registry, &there.registry);
        here.registry.do_what_is_due().unwrap();
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert_eq!((alerts(&here).len(), inbox(&there, LAW).len(), inbox(&here, OTHER).len()), (1, 1, 1));
        assert_eq!((notices(&here), added(&here)), ((1, 0), 1));
        here.registry.do_what_is_due().unwrap();
        assert_eq!(added(&here), 1, "once");
        assert_eq!(actors(&here, EventKind::AlertSent), [OTHER, "there"]);
        // And it ends there as anywhere.
        here.at("2027-11-10T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert!(inbox(&there, LAW).is_empty());
    }

    fn a_kill_in_between_loses_and_doubles_nothing_though_another_peer_comes_meanwhile(engine: Engine) {
        let here = Installation::stopping(engine, "alert.reach", 1);
        prohibitions(&here, 1..=MANY);
        here.registry.add_peer(peer("there", &["lawyer"])).unwrap();
        here.registry.do_what_is_due().unwrap_err();
        let here = here.reopen();
        let before = told(&here, 1..=MANY + 1);
        let reached = |(names, _): &(Vec<String>, usize)| !names.is_empty();
        assert_eq!(before.iter().filter(|one| reached(one)).count(), 64, "one slice was done");
        here.registry.add_peer(peer("elsewhere", &["lawyer"])).unwrap();
        // One that is decided now is told to both at once.
        prohibitions(&here, MANY + 1..=MANY + 1);
        for _ in 0..2 {
            here.registry.do_what_is_due().unwrap();
            for ((names, notices), before) in told(&here, 1..=MANY + 1).into_iter().zip(&before) {
                assert_eq!(names, ["elsewhere", "there"]);
                // Whom the second peer came to later were told of it.
                assert_eq!(notices, 1 + usize::from(reached(before)));
            }
        }
    }

    fn a_peer_may_come_to_license_a_further_profession_and_is_told_in_that_too(engine: Engine) {
        let here = Installation::with(engine, gansu());
        licensed(&here);
        here.registry.add_peer(peer("there", &["teacher"])).unwrap();
        decide(&here, prohibition("2027-11-10"));
        here.registry.do_what_is_due().unwrap();
        assert!(alerts(&here).is_empty());
        here.registry.add_peer(peer("there", &["lawyer"])).unwrap_err();
        here.registry.add_peer(peer("there", &["lawyer", "teacher"])).unwrap();
        assert_eq!(here.registry.peers().unwrap()[0].registered.professions.len(), 2);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(alerts(&here)[0].receivers[0].receiver, "there");
        here.registry.end_peer("there").unwrap();
        here.registry.add_peer(peer("there", &["doctor", "lawyer", "teacher"])).unwrap_err();
    }

    fn an_authority_that_licenses_the_profession_later_is_told_also_of_what_came_from_elsewhere(engine: Engine) {
        let here = Installation::with(engine, gansu());
        licensed(&here);
        // What the neighbour decides is told here.
        let neighbour = installation(engine);
        befriend(&neighbour.registry, &here.registry);
        decide(&neighbour, prohibition("2027-11-10"));
        neighbour.registry.deliver_alerts(&Wire::new(&here.registry, &[])).unwrap();
        let own = SourceRow::decision(1).with("penalty", "吊销许可证件").document("甘律罚吊销");
        decide(&here, own.with("disclosure_ends_on", "2029-11-10"));
        here.registry.do_what_is_due().unwrap();
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!(inbox(&here, LAW).len(), 1);

        let here = here.reopen_with(profile());
        for _ in 0..2 {
            here.registry.do_what_is_due().unwrap();
            assert_eq!(inbox(&here, OTHER).len(), 2);
            assert_eq!(inbox(&here, LAW).len(), 1, "nobody is told of its own decision");
            assert_eq!(notices(&here), (2, 0));
            // Of its own decision there was nobody to tell before: that is a first notice.
            assert_eq!(added(&here), 1);
            assert_eq!(actors(&here, EventKind::AlertSent), [OTHER, OTHER, LAW]);
        }
    }

    fn an_authority_that_licenses_the_profession_no_longer_neither_lists_nor_opens_what_it_was_told(engine: Engine) {
        let here = installation(engine);
        let neighbour = installation(engine);
        befriend(&neighbour.registry, &here.registry);
        decide(&neighbour, prohibition("2027-11-10"));
        neighbour.registry.deliver_alerts(&Wire::new(&here.registry, &[])).unwrap();
        decide(&here, prohibition("2027-11-10"));
        here.registry.do_what_is_due().unwrap();
        let held = inbox(&here, OTHER);
        assert_eq!((held.len(), inbox(&here, LAW).len()), (2, 1));

        let here = here.reopen_with(gansu());
        let opens = |here: &Installation| {
            held.iter().any(|alert| wait(here.registry.open_alert(OTHER, *alert)).is_ok())
        };
        assert!(inbox(&here, OTHER).is_empty() && !opens(&here), "from the first moment on");
        for _ in 0..2 {
            here.registry.do_what_is_due().unwrap();
            assert!(inbox(&here, OTHER).is_empty() && !opens(&here));
            assert_eq!(inbox(&here, LAW).len(), 1, "what others hold stays");
            let open = alerts(&here).into_iter().flat_map(|one| one.receivers).filter(|one| one.closed_at.is_none());
            assert_eq!(open.map(|one| one.receiver).collect::<Vec<_>>(), [LAW]);
            let person = here.registry.keys().person(&made_up(1).number);
            let told = wait(here.registry.notices(person)).unwrap();
            let told = told.iter().filter(|one| one.kind == NoticeKind::AlertReceiverClosed).count();
            assert_eq!(told, 2, "the person is told of each, once");
            assert_eq!(wait(here.registry.closed_alerts_for(OTHER)).unwrap().len(), 2);
            // It is not late with what it may not open.
            here.later(24 * 30);
            let late = wait(here.registry.late_authorities()).unwrap();
            assert!(late.iter().all(|one| one.authority != OTHER), "{late:?}");
        }
        // One that comes to license it again is told again.
        let here = here.reopen_with(profile());
        here.registry.do_what_is_due().unwrap();
        assert_eq!((inbox(&here, OTHER).len(), added(&here)), (2, 2));
        assert!(opens(&here));
        prove_log(&here.registry);
    }
}
