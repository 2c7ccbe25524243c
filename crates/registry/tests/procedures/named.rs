//! Which member of a body's staff answered: the person sees it in their looks and in the procedure, the receipt says so,
//! and nobody answers from an account that may not be used.

use model::procedure::{Actor, AuthorityId, Order, StepName};
use registry::{CarryOut, DisputeAnswer, EventKind, ForBody, Reader, RestorationAnswer};
use testkit::{Installation, name_staff, on_both_engines, prove_receipt, wait};

use crate::{kit::*, reconsiderations::decide_again};

fn clerk(body: &str) -> ForBody {
    ForBody::staff(body, "clerk")
}

/// Who did the person's steps of procedures, the first first, as their looks say it.
fn looks(here: &Installation) -> Vec<(String, Option<String>)> {
    let mut events = here.file_of(1).events;
    events.reverse();
    let steps = events
        .into_iter()
        .filter(|one| one.kind == EventKind::ProcedureStep);
    steps.map(|one| (one.purpose, one.staff)).collect()
}

fn named(steps: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    let owned = |(what, who): &(&str, Option<&str>)| ((*what).to_owned(), who.map(str::to_owned));
    steps.iter().map(owned).collect()
}

on_both_engines! {
    fn the_person_sees_which_member_of_staff_answered_a_dispute(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        let uphold = here.registry.answer_dispute(clerk(LAW), id, DisputeAnswer::Uphold, "so it is".to_owned());
        wait(uphold).unwrap();
        assert_eq!(looks(&here), named(&[("dispute:open", None), ("dispute:uphold", Some("clerk"))]));
        let event = here.file_of(1).events.into_iter().find(|one| one.staff.is_some()).unwrap();
        let receipt = wait(here.registry.event_receipt(here.person(1), event.event)).unwrap().unwrap();
        let (_, statement) = prove_receipt(&here.registry, &receipt);
        assert_eq!((&statement["actor"], &statement["staff"]), (&LAW.into(), &"clerk".into()));
        let read = wait(here.registry.read_procedure(Reader::Person(here.person(1)), id)).unwrap();
        let listed = wait(here.registry.procedures_of(here.person(1))).unwrap().remove(0);
        for view in [read, listed] {
            let last = view.timeline.last().unwrap();
            assert_eq!((last.name, last.staff.as_deref()), (StepName::Uphold, Some("clerk")));
            assert_eq!(last.actor, Actor::Authority(AuthorityId::new(LAW).unwrap()));
            assert_eq!(view.timeline[0].staff, None);
        }
    }

    fn and_an_application_that_use_stopped_and_what_was_ordered(engine: Engine) {
        let here = fined(Installation::new(engine, "gansu"));
        on(&here, "2027-02-10");
        give(&here, HOSPITAL);
        let id = apply(&here).unwrap();
        // Nobody's answer counts as taken: the installation's own step names nobody.
        on(&here, "2027-03-10");
        let grant = RestorationAnswer::Grant("done".to_owned());
        wait(here.registry.answer_restoration(clerk(LAW), id, grant)).unwrap();
        wait(here.registry.confirm_stopped_use(clerk(HOSPITAL), told_as(&here, HOSPITAL, id))).unwrap();
        assert_eq!(looks(&here), named(&[
            ("restoration:apply", None),
            ("restoration:pass-acceptance-day", None),
            ("restoration:pass-answer-day", None),
            ("restoration:grant", Some("clerk")),
            ("restoration:confirm-stopped", Some("clerk")),
            ("restoration:complete", None),
        ]));

        let here = filled(engine);
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        decide_again(&here, id, "first", Some(Order::Withdraw)).unwrap();
        wait(here.registry.follow_order(clerk(LAW), id, CarryOut::Withdraw)).unwrap();
        let (last, staff) = looks(&here).pop().unwrap();
        assert_eq!((last.as_str(), staff.as_deref()), ("reconsideration:follow", Some("clerk")));
    }

    fn an_account_that_is_not_there_is_stopped_or_has_left_answers_and_reads_nothing(engine: Engine) {
        let here = filled(engine);
        name_staff(&here.registry, LAW, "gone");
        here.registry.stop_staff(LAW, "gone").unwrap();
        let id = dispute(&here);
        let before = looks(&here);
        // One of another body is nobody here.
        name_staff(&here.registry, HOSPITAL, "elsewhere");
        for account in ["gone", "nobody", "elsewhere"] {
            let by = ForBody::staff(LAW, account);
            let uphold = here.registry.answer_dispute(by, id, DisputeAnswer::Uphold, "so it is".to_owned());
            assert_eq!(code(wait(uphold)), "staff-stopped", "{account}");
            let withdrawn = here.registry.answer_dispute(
                ForBody::staff(LAW, account), id, withdrawal(), "so it is".to_owned(),
            );
            assert_eq!(code(wait(withdrawn)), "staff-stopped", "{account}");
            let reader = Reader::Staff { body: LAW.to_owned(), staff: account.to_owned() };
            let read = wait(here.registry.read_procedure(reader, id));
            assert_eq!(code(read), "staff-stopped", "{account}");
        }
        assert_eq!(looks(&here), before);
        assert!(!here.file_of(1).events.iter().any(|one| one.kind == EventKind::ProcedureRead));
        assert!(record(&here, model::RecordKind::Decision).disputed, "nothing was withdrawn");
    }
}
