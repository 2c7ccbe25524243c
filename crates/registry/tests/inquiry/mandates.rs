//! Representatives act under a registered mandate with scope and end; the log names both.

use std::collections::BTreeSet;

use model::{consent::ConsentAnswer, procedure::Speaker};
use registry::{ConsentError, EventKind, MandateError, MandateScope, NewMandate, NoticeKind};
use testkit::{Installation, on_both_engines, prove_receipt, wait};

use crate::kit::*;

fn mandate(here: &Installation, scope: &[MandateScope]) -> NewMandate {
    NewMandate {
        person: here.person(1),
        representative: here.person(2),
        scope: scope.iter().copied().collect::<BTreeSet<_>>(),
        from: "2026-11-23".parse().unwrap(),
        until: "2026-12-01".parse().unwrap(),
        registered_by: "reviewer-1".to_owned(),
    }
}

on_both_engines! {
    fn a_representative_decides_a_consent_and_the_log_names_both(engine: Engine) {
        let here = filled(engine);
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        let (person, lawyer) = (here.person(1), here.person(2));
        let held = wait(here.registry.register_mandate(mandate(&here, &[MandateScope::Consents]))).unwrap();
        assert_eq!(notices(&here, 1, NoticeKind::MandateRegistered), 1);
        let acting = wait(here.registry.acting_for(lawyer)).unwrap();
        assert_eq!((acting.len(), acting[0].mandate, acting[0].person), (1, held, person));
        assert!(wait(here.registry.acting_for(person)).unwrap().is_empty());
        let by = Speaker::Representative(held);
        wait(here.registry.decide_consent(person, id, ConsentAnswer::Refused, by)).unwrap();
        let event = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::ConsentRefused).unwrap();
        assert_eq!(event.mandate, Some(held));
        let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
        let (_, statement) = prove_receipt(&here.registry, &receipt);
        assert_eq!(statement["person"], person.to_string());
        assert_eq!(statement["representative"], lawyer.to_string());
        assert_eq!(notices(&here, 1, NoticeKind::ConsentByRepresentative), 1);
    }

    fn no_reviewer_registers_or_ends_a_mandate_that_concerns_themselves(engine: Engine) {
        const ONESELF: &str = "reviewer-concerned";
        let here = filled(engine);
        here.registry.add_reviewer("one", "测试员", Some(&testkit::made_up(1).number)).unwrap();
        here.registry.add_reviewer("two", "测试员", Some(&testkit::made_up(2).number)).unwrap();
        here.registry.add_reviewer("three", "测试员", Some(&testkit::made_up(3).number)).unwrap();
        let by = |reviewer: &str| NewMandate {
            representative: here.person(2),
            registered_by: format!("reviewer:{reviewer}"),
            ..mandate(&here, &[MandateScope::Procedures])
        };
        let register = |reviewer| wait(here.registry.register_mandate(by(reviewer)));
        assert_eq!(register("one").unwrap_err().code(), ONESELF, "as the person");
        assert_eq!(register("two").unwrap_err().code(), ONESELF, "as the representative");
        assert_eq!(here.store.rows("mandate"), 0);
        let id = register("three").unwrap();
        let end = |by: &str| wait(here.registry.end_mandate(here.person(1), id, by));
        for concerned in ["reviewer:one", "reviewer:two"] {
            assert_eq!(end(concerned).unwrap_err().code(), ONESELF);
        }
        assert!(wait(here.registry.mandates_of(here.person(1))).unwrap()[0].ended_at.is_none());
        // The person ends it as the person whom it is for.
        end(registry::SELF).unwrap();
    }

    fn a_mandate_holds_for_its_scope_and_days_and_its_person_alone(engine: Engine) {
        let here = filled(engine);
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        let person = here.person(1);
        let held = wait(here.registry.register_mandate(mandate(&here, &[MandateScope::Procedures]))).unwrap();
        let refuse = |mandate| {
            let by = Speaker::Representative(mandate);
            match wait(here.registry.decide_consent(person, id, ConsentAnswer::Refused, by)) {
                Err(ConsentError::Mandate(error)) => error.code(),
                Err(other) => panic!("{other}"),
                Ok(()) => "done",
            }
        };
        assert_eq!(refuse(held), "mandate-not-covered");
        let all = wait(here.registry.register_mandate(mandate(&here, &MandateScope::ALL))).unwrap();
        wait(here.registry.end_mandate(person, all, "self")).unwrap();
        assert_eq!(refuse(all), "mandate-not-covered");
        assert!(matches!(wait(here.registry.end_mandate(person, all, "self")), Err(MandateError::Unknown)));
        let mut other = mandate(&here, &MandateScope::ALL);
        (other.person, other.representative) = (other.representative, other.person);
        let others = wait(here.registry.register_mandate(other)).unwrap();
        assert_eq!(refuse(others), "no-such-mandate");
        let last = wait(here.registry.register_mandate(mandate(&here, &MandateScope::ALL))).unwrap();
        here.at("2026-12-01T16:00:00Z");
        assert_eq!(refuse(last), "mandate-not-covered");
        assert!(wait(here.registry.acting_for(here.person(2))).unwrap().is_empty());
        // Nothing of it was written.
        assert_eq!(events(&here, 1, EventKind::ConsentRefused), 0);
        let unfit = [
            NewMandate { scope: BTreeSet::new(), ..mandate(&here, &[]) },
            NewMandate { representative: person, ..mandate(&here, &MandateScope::ALL) },
            mandate(&here, &MandateScope::ALL),
        ];
        for one in unfit {
            assert!(matches!(wait(here.registry.register_mandate(one)), Err(MandateError::Unfit)));
        }
    }
}
