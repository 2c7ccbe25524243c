//! Disputes of a decision that others were alerted to: who opened the alert hears of them, the alert says so wherever it
//! went, and while the record is withheld nobody opens it.

use model::procedure::{NoticeKind, Speaker, Status};
use registry::{AlertContent, AlertError, AlertMessage, Apply, DisputeAnswer, RestorationAnswer};
use testkit::{Engine, Installation, SourceRow, gansu, made_up, on_both_engines, prove_log, wait};

use crate::kit::{
    LAW, OTHER, Way, Wire, alerts, answer, befriend, decide, decision, dispute, inbox, installation, opened,
    prohibition,
};

/// Past the day on which a dispute of the first day had to be answered.
const LATE: &str = "2026-12-20T16:00:00Z";

fn told(here: &Installation, body: &str) -> Vec<NoticeKind> {
    let notices = wait(here.registry.body_notices(body)).unwrap();
    let mut kinds: Vec<_> = notices.into_iter().rev().map(|one| one.kind).collect();
    kinds.dedup();
    kinds
}

/// Whether each alert in an inbox shows as disputed, and whether it is withheld.
fn marks(here: &Installation, authority: &str) -> Vec<(bool, bool)> {
    let items = wait(here.registry.alerts_for(authority)).unwrap();
    items
        .into_iter()
        .map(|one| (one.disputed, one.withheld))
        .collect()
}

fn refused(here: &Installation, authority: &str) -> bool {
    let outcome = wait(here.registry.open_alert(authority, inbox(here, authority)[0]));
    matches!(outcome, Err(AlertError::Withheld))
}

fn pair(engine: Engine) -> (Installation, Installation) {
    let (here, there) = (installation(engine), Installation::with(engine, gansu()));
    befriend(&here.registry, &there.registry);
    decide(&here, prohibition("2027-11-10"));
    here.registry
        .deliver_alerts(&Wire::new(&there.registry, &[]))
        .unwrap();
    (here, there)
}

on_both_engines! {
    fn who_opened_an_alert_hears_what_becomes_of_the_record_like_any_other_recipient(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        let unopened = dispute(&here);
        assert!(told(&here, OTHER).is_empty(), "who has not opened it was given nothing");
        let said = wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, unopened));
        said.unwrap();
        opened(&here, OTHER);
        let id = dispute(&here);
        answer(&here, id, DisputeAnswer::Uphold);
        let statement = here.registry.add_statement(here.person(1), Speaker::Person, id, "so it was not".to_owned());
        wait(statement).unwrap();
        assert_eq!(
            told(&here, OTHER),
            [NoticeKind::DisputeOpened, NoticeKind::DisputeUpheld, NoticeKind::StatementAdded]
        );
        // Opening is no inquiry: none is counted or listed as one.
        assert!(wait(here.registry.look_receipt(OTHER, opening(&here))).unwrap().is_none());
        prove_log(&here.registry);
    }

    fn who_opened_an_alert_is_told_to_stop_and_confirms_after_a_restoration(engine: Engine) {
        let here = installation(engine);
        let revoked = SourceRow::decision(1).with("penalty", "吊销许可证件");
        decide(&here, revoked.with("disclosure_ends_on", "2029-11-10"));
        opened(&here, OTHER);
        here.at("2027-11-10T04:00:00Z");
        let apply = Apply {
            by: Speaker::Person,
            decision: decision(&here),
            pledge: Some("made-up pledge".to_owned()),
            duties: Some("made-up duties".to_owned()),
        };
        let id = wait(here.registry.apply_restoration(here.person(1), apply)).unwrap();
        wait(here.registry.answer_restoration(LAW, id, RestorationAnswer::Take)).unwrap();
        let granted = RestorationAnswer::Grant("done".to_owned());
        assert_eq!(wait(here.registry.answer_restoration(LAW, id, granted)).unwrap(), Status::Granted);
        assert!(told(&here, OTHER).contains(&NoticeKind::StopUsing));
        let known = here.registry.keys().procedure_for_body(id, OTHER);
        assert_eq!(wait(here.registry.confirm_stopped_use(OTHER, known)).unwrap(), Status::Complete);
    }

    fn an_alert_says_wherever_it_went_whether_its_record_is_disputed(engine: Engine) {
        let (here, there) = pair(engine);
        assert_eq!((marks(&here, OTHER), marks(&there, LAW)), (vec![(false, false)], vec![(false, false)]));
        let id = dispute(&here);
        assert_eq!(marks(&here, OTHER), [(true, false)], "at once");
        assert!(opened(&here, OTHER)[0].disputed && alerts(&here)[0].item.disputed);
        // However the message comes, it counts once.
        for way in [Way::Lost, Way::AnswerLost, Way::Late, Way::Twice] {
            here.registry.deliver_alerts(&Wire::new(&there.registry, &[way])).unwrap();
            here.later(7);
        }
        assert_eq!(marks(&there, LAW), [(true, false)]);
        assert!(opened(&there, LAW)[0].disputed);
        answer(&here, id, DisputeAnswer::Uphold);
        assert_eq!(marks(&here, OTHER), [(false, false)]);
        let here = here.reopen();
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 0);
        assert_eq!(marks(&there, LAW), [(false, false)]);
        assert_eq!(alerts(&there).len(), 1, "one alert through it all");
        // What changes nothing in it is told to nobody.
        wait(here.registry.add_statement(here.person(1), Speaker::Person, id, "so it was not".to_owned())).unwrap();
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 0);
    }

    fn while_a_dispute_is_overdue_nobody_opens_the_alert_and_nobody_new_is_told(engine: Engine) {
        let (here, there) = pair(engine);
        let id = dispute(&here);
        let wire = Wire::new(&there.registry, &[]);
        here.registry.deliver_alerts(&wire).unwrap();
        here.at(LATE);
        there.at(LATE);
        // The day alone says so, before any job has run.
        assert_eq!(marks(&here, OTHER), [(true, true)]);
        assert!(refused(&here, OTHER));
        let looks = crate::kit::actors(&here, registry::EventKind::AlertSeen).len();
        assert_eq!(looks, 0);
        here.registry.do_what_is_due().unwrap();
        assert!(refused(&here, OTHER));
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert_eq!(marks(&there, LAW), [(true, true)]);
        assert!(refused(&there, LAW));
        assert!(alerts(&here)[0].item.withheld, "the person sees that");

        // A peer that comes now hears of it when it shows again.
        let third = Installation::with(engine, gansu());
        let mut new = here.registry.peers().unwrap().remove(0).registered;
        "third".clone_into(&mut new.peer);
        here.registry.add_peer(new).unwrap();
        let first = there.registry.peers().unwrap().remove(0).registered;
        third.registry.add_peer(first).unwrap();
        here.registry.do_what_is_due().unwrap();
        assert_eq!(here.registry.deliver_alerts(&Everywhere(&there, &third)).unwrap().told, 0);
        answer(&here, id, DisputeAnswer::Uphold);
        assert_eq!(here.registry.deliver_alerts(&Everywhere(&there, &third)).unwrap().told, 2);
        for (side, authority) in [(&here, OTHER), (&there, LAW), (&third, LAW)] {
            assert_eq!(marks(side, authority), [(false, false)]);
            assert_eq!(opened(side, authority).len(), 1);
        }
    }
}

/// The one opening of the alert about the first person.
fn opening(here: &Installation) -> model::EventId {
    wait(here.registry.open_alert(OTHER, inbox(here, OTHER)[0]))
        .unwrap()
        .look
}

/// The way to two peers.
struct Everywhere<'a>(&'a Installation, &'a Installation);

impl registry::PeerClient for Everywhere<'_> {
    fn deliver(
        &self,
        to: &registry::Peer,
        message: &AlertMessage,
    ) -> Result<registry::AlertTaken, registry::PeerFault> {
        let side = if to.registered.peer == "third" {
            self.1
        } else {
            self.0
        };
        Ok(wait(side.registry.receive_alert("first", None, message.clone())).unwrap())
    }

    fn put_back(
        &self,
        _: &registry::Peer,
        _: &registry::PutBack,
    ) -> Result<registry::PutBackTaken, registry::PeerFault> {
        unreachable!("no copy is put back here")
    }
}

#[test]
fn instances_that_know_no_marks_are_read_and_read_what_has_none() {
    let old = serde_json::json!({
        "name": made_up(1).name,
        "number": made_up(1).number,
        "profession": "lawyer",
        "authority": LAW,
        "authority_name": "made up",
        "effect": "prohibits",
        "starts_on": null,
        "ends_on": "2027-11-10",
    });
    let content: AlertContent = serde_json::from_value(old.clone()).unwrap();
    assert!(!content.disputed && !content.withheld);
    assert_eq!(
        serde_json::to_value(&content).unwrap(),
        old,
        "and nothing is added for them"
    );
    let marked = AlertContent {
        disputed: true,
        withheld: true,
        ..content
    };
    let said = serde_json::to_value(&marked).unwrap();
    assert_eq!(
        (&said["disputed"], &said["withheld"]),
        (&true.into(), &true.into())
    );
    assert_eq!(serde_json::from_value::<AlertContent>(said).unwrap(), marked);
}
