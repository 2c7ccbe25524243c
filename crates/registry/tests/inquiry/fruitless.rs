//! Looks that were refused or found nobody, and refused requests for consent: told like looks, looked into like looks, and
//! no flood of notices or work for anybody.

use profile::{Delay, Profile};
use registry::{
    Cause, ConsentAsk, EventKind, InquiryError, InquiryRequest, NewStaff, NoticeKind, Under, Verdict,
};
use testkit::{Engine, Installation, gansu, made_up, on_both_engines, under_law, wait};

use crate::kit::*;

/// Nothing by chance, and three looks at the same person are looked into.
fn without_chance() -> Profile {
    let mut profile = gansu();
    for one in profile.oversight.all_mut() {
        one.random_share_percent = 0;
        one.same_person_looks = 3;
    }
    profile
}

fn with(engine: Engine, profile: Profile) -> Installation {
    let here = fill(Installation::with(engine, profile));
    here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
    here
}

/// One that the rules refuse: the law bureau does not license doctors.
fn refused(n: u32) -> InquiryRequest {
    let mut request = by_law(n);
    request.profession = "doctor".to_owned();
    request
}

/// One that finds nobody: the number is somebody else's.
fn misnamed(n: u32) -> InquiryRequest {
    let mut request = by_law(n);
    request.name = "虚一名".to_owned();
    request
}

fn queued(here: &Installation) -> Vec<(String, Vec<Cause>)> {
    let queue = wait(here.registry.review_queue()).unwrap();
    queue
        .looks
        .into_iter()
        .map(|item| (item.outcome, item.causes))
        .collect()
}

fn one(outcome: &str, causes: &[Cause]) -> (String, Vec<Cause>) {
    (outcome.to_owned(), causes.to_vec())
}

on_both_engines! {
    fn whom_a_refused_look_was_at_is_told_at_once_and_once_a_day_of_the_same(engine: Engine) {
        let here = with(engine, without_chance());
        assert_eq!(code(&look(&here, refused(1))), "other-profession");
        assert_eq!(notices(&here, 1, NoticeKind::LookRefused), 1);
        let told = wait(here.registry.notices(here.person(1))).unwrap();
        let id: model::EventId = told[0].subject.as_deref().unwrap().parse().unwrap();
        let detail = wait(here.registry.look_detail(here.person(1), id)).unwrap().unwrap();
        assert_eq!((detail.body.as_str(), detail.outcome.as_str()), (LAW, "other-profession"));
        let Under::Law { case_reference, reason, .. } = under_law() else { panic!("a case") };
        let case = detail.case.unwrap();
        assert_eq!((case.case_reference, case.reason), (case_reference, reason));
        for _ in 0..5 {
            let _ = look(&here, refused(1));
        }
        assert_eq!(notices(&here, 1, NoticeKind::LookRefused), 1, "of the same once a day");
        assert_eq!(events(&here, 1, EventKind::LookRefused), 6, "and each shows");
        let mut another = refused(1);
        another.purpose = "no-such-purpose".to_owned();
        let _ = look(&here, another);
        assert_eq!(notices(&here, 1, NoticeKind::LookRefused), 2, "of another reason by itself");
        here.at("2026-11-23T16:00:00Z");
        let _ = look(&here, refused(1));
        assert_eq!(notices(&here, 1, NoticeKind::LookRefused), 3, "the next day again");
    }

    fn a_known_person_is_told_of_a_look_under_their_number_with_another_name_without_its_words(engine: Engine) {
        let here = with(engine, without_chance());
        assert_eq!(code(&look(&here, misnamed(1))), "nobody-known");
        assert_eq!(notices(&here, 1, NoticeKind::LookFoundNothing), 1);
        let told = wait(here.registry.notices(here.person(1))).unwrap();
        let id: model::EventId = told[0].subject.as_deref().unwrap().parse().unwrap();
        let detail = wait(here.registry.look_detail(here.person(1), id)).unwrap().unwrap();
        assert!(detail.case.is_none(), "its words may be about somebody else");
        let Under::Law { case_reference, .. } = under_law() else { panic!("a case") };
        for (place, bytes) in here.store.every_byte(here.folder.path()) {
            let found = bytes.windows(case_reference.len()).any(|part| part == case_reference.as_bytes());
            assert!(!found, "a case stands readable in {place}");
        }
    }

    fn of_somebody_unknown_only_the_entry_is_kept(engine: Engine) {
        let mut profile = without_chance();
        profile.oversight.all_mut().for_each(|one| one.random_share_percent = 100);
        let here = with(engine, profile);
        for request in [by_law(7), refused(7)] {
            let _ = look(&here, request);
        }
        let asked = wait(here.registry.ask_consent(ConsentAsk { looks: Some(100), ..ask(7) }));
        assert_eq!(asked.unwrap_err().code(), "consent-too-often");
        assert!(queued(&here).is_empty());
        assert_eq!(here.store.rows("notice"), 0);
        assert_eq!(count(&here, "event", "kind", "consent-ask-refused"), 0);
        here.file(LAW, model::RecordKind::Licence, &[testkit::SourceRow::licence(7)]);
        assert_eq!(events(&here, 7, EventKind::LookFoundNothing), 1, "it shows once they have a file");
        assert_eq!(events(&here, 7, EventKind::LookRefused), 1);
    }

    fn attempts_at_colleagues_at_the_same_person_and_at_odd_hours_are_queued_too(engine: Engine) {
        let here = with(engine, without_chance());
        here.registry.add_staff(NewStaff {
            body: LAW.to_owned(),
            staff: "colleague".to_owned(),
            name: "测试员".to_owned(),
            own_number: Some(made_up(2).number),
            keys: vec![],
            lead: false,
        }).unwrap();
        let _ = look(&here, refused(2));
        assert_eq!(queued(&here), [one("other-profession", &[Cause::Colleague])]);
        // Two that came to nothing and one that was answered are three at the same person.
        let _ = look(&here, misnamed(1));
        let _ = look(&here, refused(1));
        assert_eq!(queued(&here).len(), 1);
        here.at("2026-11-23T04:01:00Z");
        look(&here, by_law(1)).unwrap();
        assert_eq!(queued(&here)[1], one("seen", &[Cause::SamePerson]));
        here.at("2026-11-23T14:00:00Z");
        let _ = look(&here, misnamed(1));
        assert_eq!(queued(&here)[2], one("nothing", &[Cause::SamePerson, Cause::OddHours]));
        // The same of the day is in the queue once, and again once a reviewer has closed it.
        for _ in 0..5 {
            let _ = look(&here, misnamed(1));
        }
        let queue = wait(here.registry.review_queue()).unwrap();
        assert_eq!(queue.looks.len(), 3);
        let last = queue.looks[2].look;
        let case = wait(here.registry.review_case("reviewer-1", last)).unwrap().unwrap();
        let Under::Law { case_reference, .. } = under_law() else { panic!("a case") };
        assert_eq!(case.case_reference, case_reference, "a reviewer reads its words");
        wait(here.registry.close_review(last, "reviewer-1", Verdict::Improper, "made-up reasons")).unwrap();
        assert_eq!(notices(&here, 1, NoticeKind::LookImproper), 1);
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        let _ = look(&here, misnamed(1));
        assert_eq!(queued(&here).len(), 3);
    }

    fn chance_takes_its_share_of_attempts_under_law_and_none_by_consent(engine: Engine) {
        let mut profile = without_chance();
        profile.oversight.all_mut().for_each(|one| one.random_share_percent = 100);
        let here = with(engine, profile);
        let _ = look(&here, refused(1));
        let _ = look(&here, misnamed(2));
        assert_eq!(queued(&here).len(), 2);
        assert!(queued(&here).iter().all(|(_, causes)| causes == &[Cause::Chance]));
        let consent = wait(here.registry.ask_consent(ask(1))).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, consent))), "consent-not-given");
        assert_eq!(queued(&here).len(), 2);
        assert_eq!(notices(&here, 1, NoticeKind::LookRefused), 2, "that they were asked at is told all the same");
    }

    fn an_attempt_waits_as_a_look_would_and_only_where_the_law_lets_its_body(engine: Engine) {
        let mut profile = without_chance();
        let delay = Delay { days: 10, basis: "lawyer-licensing".to_owned() };
        profile.purposes.get_mut(RENEWAL).unwrap().delay = Some(profile::ByDay::always(delay));
        let here = with(engine, profile);
        let told = || {
            here.registry.do_what_is_due().unwrap();
            let shown = events(&here, 1, EventKind::LookRefused) + events(&here, 1, EventKind::LookFoundNothing);
            let told = notices(&here, 1, NoticeKind::LookRefused) + notices(&here, 1, NoticeKind::LookFoundNothing);
            (shown, told)
        };
        let _ = look(&here, refused(1));
        let _ = look(&here, misnamed(1));
        let _ = look(&here, misnamed(1));
        assert_eq!(told(), (0, 0));
        let waits = [Cause::NoticeWaits];
        let mut queue = queued(&here);
        queue.sort();
        let same = [Cause::SamePerson];
        assert_eq!(queue, [one("nothing", &same), one("nothing", &waits), one("other-profession", &waits)]);
        // No law lets a body wait that may not use the purpose.
        let mut other = by_law(1);
        other.authority = HOSPITAL.to_owned();
        assert_eq!(code(&look(&here, other)), "purpose-not-yours");
        assert_eq!(told(), (1, 1));
        // Whoever wants it told at once has it told at once.
        let mut at_once = misnamed(1);
        let Under::Law { case_reference, reason, .. } = under_law() else { panic!("a case") };
        at_once.under = Under::Law { case_reference, reason, wait_days: Some(0) };
        let _ = look(&here, at_once);
        assert_eq!(told(), (2, 2));
        here.at("2026-12-02T15:59:59Z");
        assert_eq!(told(), (2, 2));
        here.at("2026-12-02T16:00:00Z");
        assert_eq!(told(), (5, 3), "on the day without anyone's help, and of the same of a day once");
        assert_eq!(told(), (5, 3));
    }

    fn a_refused_request_for_consent_leaves_an_entry_and_is_told(engine: Engine) {
        let here = with(engine, without_chance());
        let wide = || ConsentAsk { looks: Some(100), ..ask(1) };
        for _ in 0..3 {
            assert_eq!(wait(here.registry.ask_consent(wide())).unwrap_err().code(), "consent-too-often");
        }
        assert_eq!(events(&here, 1, EventKind::ConsentAskRefused), 3);
        assert_eq!(notices(&here, 1, NoticeKind::ConsentAskRefused), 1);
        let file = here.file_of(1);
        let entry = file.events.iter().find(|one| one.kind == EventKind::ConsentAskRefused).unwrap();
        assert_eq!((entry.actor.as_str(), entry.staff.as_deref()), (HOSPITAL, Some("clerk")));
        assert_eq!(entry.purpose, HIRING);
        let receipt = wait(here.registry.event_receipt(here.person(1), entry.event)).unwrap().unwrap();
        let (_, statement) = testkit::prove_receipt(&here.registry, &receipt);
        assert_eq!(statement["staff"], "clerk");
        assert!(queued(&here).is_empty(), "nobody asked to look");
        assert!(wait(here.registry.looks_of(HOSPITAL)).unwrap().is_empty());
        assert_eq!(here.store.rows("consent"), 0);
        testkit::prove_log(&here.registry);
    }

    fn words_that_are_too_long_are_turned_away_before_they_are_about_anybody(engine: Engine) {
        let here = with(engine, without_chance());
        let leaves = wait(here.registry.log_summary()).unwrap().size;
        for (case_reference, reason) in [("9".repeat(201), "why".to_owned()), ("9".to_owned(), "w".repeat(2_001))] {
            let mut request = by_law(1);
            request.under = Under::Law { case_reference, reason, wait_days: None };
            assert!(matches!(look(&here, request), Err(InquiryError::TooLong)));
        }
        assert_eq!(count(&here, "event", "actor", LAW), 0);
        assert_eq!(here.store.rows("staff_day"), 0);
        assert_eq!(wait(here.registry.log_summary()).unwrap().size, leaves);
    }
}
