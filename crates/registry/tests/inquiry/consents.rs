//! Consent: the person decides, at any time, and what they decide holds from the next look on.

use model::{
    RecordKind,
    consent::{ConsentAnswer, ConsentFault, ConsentStanding},
    procedure::Speaker::Person,
};
use registry::{ConsentError, EventKind, NoticeKind};
use testkit::{SourceRow, made_up, on_both_engines, wait};

use crate::kit::*;

on_both_engines! {
    fn the_person_grants_less_and_the_body_sees_that_and_nothing_else(engine: Engine) {
        let here = filled(engine);
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, id))), "consent-not-given");
        let person = here.person(1);
        let shown = wait(here.registry.consents_of(person)).unwrap();
        assert_eq!((shown.len(), shown[0].standing, shown[0].body.as_str()), (1, ConsentStanding::Asked, HOSPITAL));
        assert_eq!(notices(&here, 1, NoticeKind::ConsentAsked), 1);
        let mut terms = shown[0].asked.clone();
        terms.fields = fields(&["scope"], &[]);
        wait(here.registry.decide_consent(person, id, ConsentAnswer::Granted(terms), Person)).unwrap();
        let answer = look(&here, by_consent(1, id)).unwrap();
        assert_eq!(answer.basis, "consent");
        assert_eq!(answer.records.len(), 1);
        let fields: Vec<&String> = answer.records[0].fields.keys().collect();
        assert_eq!(fields, ["scope"]);
        // Counted in the transaction of the look, and used up with the second.
        look(&here, by_consent(1, id)).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, id))), "consent-used-up");
        assert_eq!(wait(here.registry.consents_of(person)).unwrap()[0].used, 2);
        let asked = wait(here.registry.asked_consents(HOSPITAL)).unwrap();
        assert_eq!((asked[0].standing, asked[0].used), (ConsentStanding::UsedUp, 2));
        assert_eq!(asked[0].person, answer.person);
        assert!(wait(here.registry.asked_consents(LAW)).unwrap().is_empty());
        let look = here.file_of(1).events.into_iter().find(|event| event.kind == EventKind::Look).unwrap();
        assert_eq!(look.subject, Some(id.to_string()), "the look names its consent");
        let under = wait(here.registry.looks_under(person, id)).unwrap();
        assert!(under.iter().any(|one| one.look == look.event && one.outcome == "seen"));
        assert_eq!(under.iter().filter(|one| one.outcome == "seen").count(), 2);
        assert!(wait(here.registry.looks_under(here.person(2), id)).unwrap().is_empty());
        assert_eq!(notices(&here, 1, NoticeKind::LookedAt), 2);
    }

    fn a_lower_ceiling_holds_from_its_day_on_for_what_was_asked_for_and_granted_before(engine: Engine) {
        // From 1 December at most one look, and 20 days.
        let mut profile = testkit::gansu();
        let purpose = profile.purposes.get_mut(HIRING).unwrap();
        let mut high = purpose.consent.as_ref().unwrap().on("2026-11-23".parse().unwrap()).clone();
        (high.longest_days, high.most_looks) = (60, 3);
        let mut low = high.clone();
        (low.longest_days, low.most_looks) = (20, 1);
        let days = profile::ByDay::always(high).then("2026-12-01".parse().unwrap(), low);
        purpose.consent = Some(days);
        let here = fill(testkit::Installation::with(engine, profile));
        let granted = wait(here.registry.ask_consent(ask(1))).unwrap();
        let waiting = wait(here.registry.ask_consent(ask(2))).unwrap();
        let terms = wait(here.registry.consents_of(here.person(1))).unwrap()[0].asked.clone();
        let grant = |n, id| {
            let answer = ConsentAnswer::Granted(terms.clone());
            wait(here.registry.decide_consent(here.person(n), id, answer, Person))
        };
        grant(1, granted).unwrap();
        let view = |n| wait(here.registry.consents_of(here.person(n))).unwrap().remove(0);
        assert!(!view(1).narrowed && !view(2).narrowed);
        assert_eq!(code(&look(&here, by_consent(1, granted))), "answered");
        here.at("2026-12-01T02:00:00Z");
        // One look was taken, which is all that the purpose allows now.
        assert_eq!(code(&look(&here, by_consent(1, granted))), "consent-used-up");
        assert_eq!((view(1).standing, view(1).narrowed), (ConsentStanding::UsedUp, true));
        let asked = wait(here.registry.asked_consents(HOSPITAL)).unwrap();
        assert!(asked.iter().all(|one| one.narrowed), "the body reads what holds today too");
        // What was asked for before is granted as far as today allows it.
        let shown = view(2).asked;
        assert_eq!((shown.looks, shown.until.to_string().as_str()), (1, "2026-12-12"));
        grant(2, waiting).unwrap();
        assert_eq!(view(2).granted, Some(shown));
        assert_eq!(code(&look(&here, by_consent(2, waiting))), "answered");
        assert_eq!(code(&look(&here, by_consent(2, waiting))), "consent-used-up");
    }

    fn what_lasts_longer_than_the_ceiling_of_the_day_is_neither_granted_nor_of_use(engine: Engine) {
        let mut profile = testkit::gansu();
        let purpose = profile.purposes.get_mut(HIRING).unwrap();
        let mut high = purpose.consent.as_ref().unwrap().on("2026-11-23".parse().unwrap()).clone();
        high.longest_days = 60;
        let mut low = high.clone();
        low.longest_days = 7;
        let days = profile::ByDay::always(high).then("2026-12-01".parse().unwrap(), low);
        purpose.consent = Some(days);
        let here = fill(testkit::Installation::with(engine, profile));
        let granted = wait(here.registry.ask_consent(ask(1))).unwrap();
        let waiting = wait(here.registry.ask_consent(ask(2))).unwrap();
        let terms = wait(here.registry.consents_of(here.person(1))).unwrap()[0].asked.clone();
        let grant = |n, id| {
            let answer = ConsentAnswer::Granted(terms.clone());
            wait(here.registry.decide_consent(here.person(n), id, answer, Person))
        };
        grant(1, granted).unwrap();
        here.at("2026-12-01T02:00:00Z");
        assert_eq!(code(&look(&here, by_consent(1, granted))), "consent-expired");
        assert_eq!(grant(2, waiting).unwrap_err().code(), ConsentFault::NotNow.code());
        assert_eq!(wait(here.registry.consents_of(here.person(2))).unwrap()[0].standing, ConsentStanding::Lapsed);
        wait(here.registry.revoke_consent(here.person(1), granted, Person)).unwrap();
    }

    fn a_pause_and_a_revocation_hold_at_the_next_look(engine: Engine) {
        let here = filled(engine);
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        let person = here.person(1);
        let terms = wait(here.registry.consents_of(person)).unwrap()[0].asked.clone();
        wait(here.registry.decide_consent(person, id, ConsentAnswer::Granted(terms), Person)).unwrap();
        wait(here.registry.pause_consent(person, id, Person)).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, id))), "consent-paused");
        wait(here.registry.resume_consent(person, id, Person)).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, id))), "answered");
        wait(here.registry.revoke_consent(person, id, Person)).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, id))), "consent-revoked");
        let again = wait(here.registry.resume_consent(person, id, Person)).unwrap_err();
        assert_eq!(again.code(), ConsentFault::NotNow.code());
        for kind in [
            EventKind::ConsentAsked, EventKind::ConsentGranted, EventKind::ConsentPaused, EventKind::ConsentResumed,
            EventKind::ConsentRevoked,
        ] {
            assert_eq!(events(&here, 1, kind), 1, "{kind}");
        }
        assert_eq!(events(&here, 1, EventKind::LookRefused), 2);
    }

    fn nobody_can_tell_from_a_request_whether_the_person_is_known(engine: Engine) {
        let here = filled(engine);
        let known = wait(here.registry.ask_consent(ask(1))).unwrap();
        let unknown = wait(here.registry.ask_consent(ask(50))).unwrap();
        let mut misnamed = ask(1);
        misnamed.name = "虚一名".to_owned();
        wait(here.registry.ask_consent(misnamed)).unwrap();
        let asked = wait(here.registry.asked_consents(HOSPITAL)).unwrap();
        assert!(asked.iter().all(|one| one.standing == ConsentStanding::Asked && one.granted.is_none()));
        for id in [known, unknown] {
            let n = if id == known { 1 } else { 50 };
            assert_eq!(code(&look(&here, by_consent(n, id))), "consent-not-given");
        }
        // It waits for a person who signs in, and lapses by itself.
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(50)]);
        assert_eq!(wait(here.registry.consents_of(here.person(50))).unwrap().len(), 1);
        here.at("2027-01-01T04:00:00Z");
        let asked = wait(here.registry.asked_consents(HOSPITAL)).unwrap();
        assert!(asked.iter().all(|one| one.standing == ConsentStanding::Lapsed));
    }

    fn what_is_wider_than_its_purpose_is_not_even_asked(engine: Engine) {
        let here = filled(engine);
        let code = |change: &dyn Fn(&mut registry::ConsentAsk)| {
            let mut asked = ask(1);
            change(&mut asked);
            wait(here.registry.ask_consent(asked)).unwrap_err().code()
        };
        assert_eq!(code(&|one| one.until = None), "consent-without-end");
        assert_eq!(code(&|one| one.until = Some("2028-01-01".parse().unwrap())), "consent-too-long");
        assert_eq!(code(&|one| one.looks = Some(100)), "consent-too-often");
        assert_eq!(code(&|one| one.fields = fields(&["id_number"], &[])), "consent-too-wide");
        assert_eq!(code(&|one| one.asker = "found-key".to_owned()), "staff-unknown");
        assert_eq!(code(&|one| one.body = LAW.to_owned()), "consent-not-for-you");
        assert_eq!(code(&|one| one.id_number = "1".to_owned()), "identity-malformed");
        assert_eq!(here.store.rows("consent"), 0);
        // Nor granted wider than asked for.
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        let person = here.person(1);
        let mut terms = wait(here.registry.consents_of(person)).unwrap()[0].asked.clone();
        terms.looks += 1;
        let wider = wait(here.registry.decide_consent(person, id, ConsentAnswer::Granted(terms), Person));
        assert!(matches!(wider, Err(ConsentError::Fault(ConsentFault::Wider))));
        let other = here.person(2);
        let not_theirs = wait(here.registry.decide_consent(other, id, ConsentAnswer::Refused, Person));
        assert!(matches!(not_theirs, Err(ConsentError::Unknown)));
        wait(here.registry.decide_consent(person, id, ConsentAnswer::Refused, Person)).unwrap();
        let refused = crate::kit::look(&here, by_consent(1, id));
        assert_eq!(crate::kit::code(&refused), "consent-refused");
    }

    fn a_consent_opens_nothing_to_another_body_or_about_another_person(engine: Engine) {
        let here = filled(engine);
        testkit::name_staff(&here.registry, "example-school", "clerk");
        let id = wait(here.registry.ask_consent(ask(1))).unwrap();
        let person = here.person(1);
        let terms = wait(here.registry.consents_of(person)).unwrap()[0].asked.clone();
        wait(here.registry.decide_consent(person, id, ConsentAnswer::Granted(terms), Person)).unwrap();
        assert_eq!(code(&look(&here, by_consent(2, id))), "consent-unknown");
        let mut school = by_consent(1, id);
        school.authority = "example-school".to_owned();
        assert_eq!(code(&look(&here, school)), "consent-unknown");
        let mut misnamed = by_consent(1, id);
        misnamed.name = made_up(2).name;
        assert_eq!(code(&look(&here, misnamed)), "nobody-known");
        assert_eq!(wait(here.registry.consents_of(person)).unwrap()[0].used, 0, "nothing was shown");
    }
}
