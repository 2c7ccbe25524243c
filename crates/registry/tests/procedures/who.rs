//! Who may act: registered reviewers, the authority whose it is, the person, and who has their mandate.

use std::collections::BTreeSet;

use jiff::civil::date;
use model::{
    MandateId,
    procedure::{NoticeKind as Kind, Order, Speaker, Status},
};
use registry::{
    CarryOut, DisputeAnswer, EventKind, Finding, MandateScope, NewMandate, OutsideOrder, Reader,
    ReentryError, RestorationAnswer,
};
use testkit::{Installation, made_up, on_both_engines, prove_receipt, wait};

use crate::kit::*;

const NOBODY: &str = "reviewer-unknown";

fn mandate(here: &Installation, scope: MandateScope) -> MandateId {
    wait(here.registry.register_mandate(NewMandate {
        person: here.person(1),
        representative: here.person(2),
        scope: BTreeSet::from([scope]),
        from: date(2026, 11, 1),
        until: date(2026, 12, 1),
        registered_by: LAW.to_owned(),
    }))
    .unwrap()
}

on_both_engines! {
    fn nobody_acts_as_a_reviewer_who_is_not_registered_or_has_left(engine: Engine) {
        let here = filled(engine);
        here.registry.stop_reviewer("third").unwrap();
        let id = reconsidered(&here);
        let complaint = complain(&here);
        for who in ["stranger", "third"] {
            let give = |to: &str, by: &str| code(wait(here.registry.assign_procedure(id, reviewer(to), reviewer(by))));
            assert_eq!((give(who, "first"), give("first", who)), (NOBODY, NOBODY));
            let outside = OutsideOrder {
                court: "high-court".to_owned(),
                reference: "1".to_owned(),
                decided_on: date(2026, 11, 20),
                order: Order::Withdraw,
                fields: None,
            };
            let recorded = wait(here.registry.record_outside_decision(reviewer(who), id, outside));
            assert_eq!(code(recorded), NOBODY);
            let read = wait(here.registry.read_procedure(Reader::Reviewer(reviewer(who)), id));
            assert_eq!(code(read), NOBODY);
            let certified = wait(here.registry.certify_reentry(reviewer(who), here.person(1), decision(&here)));
            assert!(matches!(certified, Err(ReentryError::ReviewerUnknown)));
            assert!(wait(here.registry.reviewer_procedures(&reviewer(who))).unwrap().is_empty());
            assert!(wait(here.registry.reviewer_notices(&reviewer(who))).unwrap().is_empty());
        }
        assert_eq!(wait(here.registry.reviewer_procedures(&reviewer("first"))).unwrap().len(), 2);
        assert_eq!(wait(here.registry.reviewer_notices(&reviewer("first"))).unwrap().len(), 2);
        assert_eq!(status(&here, id), Status::Open);
        // Who had it and left answers it no more; another one does.
        assign(&here, id, "first").unwrap();
        assign(&here, complaint, "first").unwrap();
        here.registry.stop_reviewer("first").unwrap();
        let confirm = |by| wait(here.registry.answer_reconsideration(reviewer(by), id, None, "so it is".to_owned()));
        assert_eq!(code(confirm("first")), NOBODY);
        let unfounded = Finding::Unfounded("nobody looked".to_owned());
        assert_eq!(code(wait(here.registry.answer_complaint(reviewer("first"), complaint, unfounded))), NOBODY);
        let listed = wait(here.registry.reviewer_procedures(&reviewer("second"))).unwrap();
        assert!(listed.iter().all(|one| one.waits_for.as_deref() == Some(":reviewers")), "what they had is anybody's");
        assert_eq!(listed.len(), 2);
        assign(&here, id, "second").unwrap();
        confirm("second").unwrap();
    }

    fn nobody_judges_what_is_about_themselves_or_sees_it_for_judgment(engine: Engine) {
        const ONESELF: &str = "reviewer-concerned";
        let here = filled(engine);
        let id = reconsidered(&here);
        let complaint = complain(&here);
        assign(&here, complaint, "first").unwrap();
        let own = |n| here.registry.add_reviewer("first", "测试员", Some(&made_up(n).number));
        own(1).unwrap();
        own(1).unwrap();
        assert_eq!(own(2).unwrap_err().code(), "account-taken", "a number is given once");
        here.registry.add_reviewer("first", "测试员", None).unwrap();
        let reviewers = wait(here.registry.reviewers()).unwrap();
        let numbered: Vec<_> = reviewers.iter().map(|one| (one.reviewer.as_str(), one.own_number)).collect();
        assert_eq!(numbered, [("first", true), ("second", false), ("third", false)]);

        let give = |to: &str, by: &str| code(wait(here.registry.assign_procedure(id, reviewer(to), reviewer(by))));
        assert_eq!((give("first", "second"), give("second", "first")), (ONESELF, ONESELF));
        let read = |who: &str, id| wait(here.registry.read_procedure(Reader::Reviewer(reviewer(who)), id));
        assert_eq!((code(read("first", id)), code(read("first", complaint))), (ONESELF, ONESELF));
        // Given before the number was.
        let unfounded = || Finding::Unfounded("nobody looked".to_owned());
        let find = |who| wait(here.registry.answer_complaint(reviewer(who), complaint, unfounded()));
        assert_eq!(code(find("first")), ONESELF);
        let certified = wait(here.registry.certify_reentry(reviewer("first"), here.person(1), decision(&here)));
        assert_eq!(certified.unwrap_err().code(), ONESELF);
        let waits = |who| wait(here.registry.reviewer_procedures(&reviewer(who))).unwrap().len();
        assert_eq!((waits("first"), waits("second")), (0, 2));
        let listed = wait(here.registry.reviewer_procedures(&reviewer("second"))).unwrap();
        let complained = listed.iter().find(|one| one.procedure == complaint).unwrap();
        assert_eq!(complained.waits_for.as_deref(), Some(":reviewers"), "nobody has it at once, and another takes it");
        here.at("2027-11-23T04:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let late = |who| wait(here.registry.overdue_for(&reviewer(who))).unwrap().len();
        assert_eq!((late("first"), late("second")), (0, wait(here.registry.overdue()).unwrap().len()));
        assert!(late("second") > 0);
        assign(&here, complaint, "second").unwrap();
        find("second").unwrap();
    }

    fn a_stopped_reviewer_puts_no_look_down(engine: Engine) {
        let here = filled(engine);
        let of = model::procedure::Reconsidered::Look(look(&here).look);
        let id = wait(here.registry.open_reconsideration(here.person(1), a_reconsideration(of))).unwrap();
        assign(&here, id, "first").unwrap();
        let order = Some(Order::LookImproper);
        wait(here.registry.answer_reconsideration(reviewer("first"), id, order, "no case".to_owned())).unwrap();
        here.registry.stop_reviewer("first").unwrap();
        assert_eq!(code(wait(here.registry.put_down_improper(reviewer("first"), id))), NOBODY);
        assert!(wait(here.registry.improper_looks(2026)).unwrap().is_empty(), "nothing of it is left behind");
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
    }

    fn an_authority_answers_only_what_is_its_own(engine: Engine) {
        let here = fined(unchanged(engine));
        here.at("2027-02-10T04:00:00Z");
        let id = dispute(&here);
        for (authority, answer, refused) in [
            (SCHOOLS, DisputeAnswer::Uphold, "step-not-yours"),
            (SCHOOLS, withdrawal(), "step-not-yours"),
            (SCHOOLS, DisputeAnswer::Change(correction(fine().with("facts", "x"))), "procedure-unknown"),
            (HOSPITAL, withdrawal(), "step-not-yours"),
            ("no body", DisputeAnswer::Uphold, "party-id"),
        ] {
            let done = wait(here.registry.answer_dispute(authority, id, answer, "so it is".to_owned()));
            assert_eq!(code(done), refused, "{authority}");
        }
        let applied = apply(&here).unwrap();
        let taken = wait(here.registry.answer_restoration(SCHOOLS, applied, RestorationAnswer::Take));
        assert_eq!(code(taken), "step-not-yours");
        // A step of one procedure is none of another.
        assert_eq!(code(answer(&here, applied, DisputeAnswer::Uphold)), "procedure-other-kind");
        assert_eq!(code(grant(&here, id)), "procedure-other-kind");
        assert_eq!(code(wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw))), "procedure-other-kind");
        let known = told_as(&here, HOSPITAL, id);
        assert_eq!(code(wait(here.registry.confirm_stopped_use(HOSPITAL, known))), "procedure-unknown", "it was not asked to");
        assert_eq!(code(assign(&here, id, "first")), "procedure-other-kind");
        for body in [SCHOOLS, HOSPITAL] {
            let read = wait(here.registry.read_procedure(Reader::Body(body.to_owned()), id));
            assert_eq!(code(read), "procedure-unknown", "{body}");
        }
    }

    fn a_person_reaches_only_their_own(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        let other = here.person(2);
        let unknown = "procedure-unknown";
        assert_eq!(code(wait(here.registry.read_procedure(Reader::Person(other), id))), unknown);
        assert_eq!(code(wait(here.registry.take_back_procedure(other, Speaker::Person, id))), unknown);
        let statement = wait(here.registry.add_statement(other, Speaker::Person, id, "mine".to_owned()));
        assert_eq!(code(statement), unknown);
        assert_eq!(code(wait(here.registry.open_dispute(other, a_dispute(decision(&here))))), "record-unknown");
        let applied = wait(here.registry.apply_restoration(other, an_application(decision(&here))));
        assert_eq!(code(applied), "record-unknown");
        assert!(wait(here.registry.procedures_of(other)).unwrap().is_empty());
        wait(here.registry.read_procedure(Reader::Person(here.person(1)), id)).unwrap();
        assert_eq!(status(&here, id), Status::Open);
    }

    fn whoever_but_the_person_opens_one_is_put_down_first(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        let read = |reader| code(wait(here.registry.read_procedure(reader, id)));
        assert_eq!(read(Reader::Person(here.person(1))), "done");
        assert_eq!(read(Reader::Reviewer(reviewer("first"))), "procedure-unknown", "it is not late");
        assert_eq!(read(Reader::Body(LAW.to_owned())), "done");
        on(&here, "2026-12-14");
        assert_eq!(read(Reader::Reviewer(reviewer("first"))), "done");
        let events = here.file_of(1).events;
        let mut readers: Vec<_> = events.iter().filter(|one| one.kind == EventKind::ProcedureRead).collect();
        readers.reverse();
        let actors: Vec<_> = readers.iter().map(|one| one.actor.as_str()).collect();
        assert_eq!(actors, [LAW, "reviewer:first"]);
        assert!(readers.iter().all(|one| one.subject == Some(id.to_string())));
    }

    fn a_representative_acts_under_a_mandate_for_procedures_and_the_log_names_both(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        let held = mandate(&here, MandateScope::Procedures);
        let by = Speaker::Representative(held);
        let wish = || registry::OpenDispute { by, ..a_dispute(decision(&here)) };
        let id = wait(here.registry.open_dispute(person, wish())).unwrap();
        let event = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::ProcedureStep).unwrap();
        assert_eq!((event.actor.as_str(), event.mandate), ("self", Some(held)));
        let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
        let said = prove_receipt(&here.registry, &receipt).1;
        assert_eq!(said["representative"], here.person(2).to_string());
        assert_eq!(told(&here, 1, Kind::DisputeOpened), 1, "the person is told also where another speaks");
        // They read it, which shows too.
        wait(here.registry.read_procedure(Reader::Representative(held), id)).unwrap();
        let read = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::ProcedureRead).unwrap();
        assert_eq!(read.mandate, Some(held));
        wait(here.registry.take_back_procedure(person, by, id)).unwrap();

        let consents = mandate(&here, MandateScope::Consents);
        let others = MandateId::from_bytes([5; 16]);
        for (mandate, refused) in [(consents, "mandate-not-covered"), (others, "no-such-mandate")] {
            let by = Speaker::Representative(mandate);
            let dispute = registry::OpenDispute { by, ..a_dispute(decision(&here)) };
            assert_eq!(code(wait(here.registry.open_dispute(person, dispute))), refused);
            let apply = registry::Apply { by, ..an_application(decision(&here)) };
            assert_eq!(code(wait(here.registry.apply_restoration(person, apply))), refused);
            let complaint = registry::Complain { by, ..a_complaint(None) };
            assert_eq!(code(wait(here.registry.open_complaint(person, complaint))), refused);
            assert_eq!(code(wait(here.registry.read_procedure(Reader::Representative(mandate), id))), refused);
        }
        assert_eq!(here.store.rows("procedure"), 1, "nothing of it is left behind");
        // Over, it lets nothing be done any more.
        let id = wait(here.registry.open_dispute(person, wish())).unwrap();
        here.at("2026-12-01T16:00:00Z");
        assert_eq!(code(wait(here.registry.take_back_procedure(person, by, id))), "mandate-not-covered");
        assert_eq!(code(wait(here.registry.read_procedure(Reader::Representative(held), id))), "mandate-not-covered");
        assert_eq!(status(&here, id), Status::Open);
        // A mandate of one person opens nothing of another's.
        let of_two = wait(here.registry.open_complaint(here.person(2), a_complaint(None))).unwrap();
        assert_eq!(code(wait(here.registry.read_procedure(Reader::Representative(held), of_two))), "no-such-mandate");
        wait(here.registry.take_back_procedure(person, Speaker::Person, id)).unwrap();
    }
}
