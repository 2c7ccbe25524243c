//! Against misuse: three steps by the profile's ceilings, a queue for the reviewers, a public figure for bodies.

use model::{
    consent::ConsentAnswer,
    procedure::{ReviewerId, Speaker},
};
use profile::Profile;
use registry::{Cause, Change, ConsentAsk, EventKind, NewStaff, NoticeKind, ReviewError, Verdict};
use testkit::{Installation, gansu, made_up, name_staff, on_both_engines, under_law, wait};

use crate::kit::*;

/// Few looks a day, and nothing by chance.
fn strict() -> Profile {
    let mut profile = gansu();
    for one in profile.oversight.all_mut() {
        one.staff_ceiling_per_day = 2;
        one.refusals_before_staff_stopped = 2;
        one.stopped_staff_before_member_stopped = 2;
        one.random_share_percent = 0;
        one.same_person_looks = 3;
    }
    profile
}

/// Few refused attempts a day, and nothing by chance.
fn trying() -> Profile {
    let mut profile = strict();
    for one in profile.oversight.all_mut() {
        one.staff_ceiling_per_day = 100;
        one.refused_attempts_before_review = 4;
        // Of each account twice as many.
        one.refusals_before_staff_stopped = 2;
    }
    profile
}

fn changes(here: &Installation) -> Vec<Change> {
    let queue = wait(here.registry.review_queue()).unwrap();
    queue.steps.into_iter().map(|step| step.change).collect()
}

fn as_clerk(clerk: &str, n: u32) -> registry::InquiryRequest {
    let mut request = by_law(n);
    request.asker = clerk.to_owned();
    request
}

on_both_engines! {
    fn too_many_looks_are_refused_then_the_account_is_stopped_then_the_body(engine: Engine) {
        let here = fill(Installation::with(engine, strict()));
        for clerk in ["one", "two", "three"] {
            name_staff(&here.registry, LAW, clerk);
        }
        here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
        let mut codes = Vec::new();
        for _ in 0..5 {
            codes.push(code(&look(&here, as_clerk("one", 1))));
        }
        let ceiling = "staff-ceiling-reached";
        assert_eq!(codes, ["answered", "answered", ceiling, ceiling, "staff-stopped"]);
        assert_eq!(changes(&here), [Change::CeilingRefused, Change::CeilingRefused, Change::StaffStopped]);
        assert_eq!(code(&look(&here, as_clerk("three", 1))), "answered");
        for _ in 0..4 {
            let _ = look(&here, as_clerk("two", 2));
        }
        assert_eq!(changes(&here).last(), Some(&Change::MemberStopped));
        assert_eq!(code(&look(&here, as_clerk("three", 1))), "member-stopped");
        // The next day changes nothing; a reviewer does, with reasons.
        here.later(24);
        assert_eq!(code(&look(&here, as_clerk("three", 1))), "member-stopped");
        let lift = |reviewer, staff, why| wait(here.registry.lift_stop(reviewer, LAW, staff, why));
        assert!(matches!(lift("nobody", None, "why"), Err(ReviewError::ReviewerUnknown)));
        assert!(matches!(lift("reviewer-1", None, " "), Err(ReviewError::ReasonsMissing)));
        lift("reviewer-1", None, "looked into").unwrap();
        assert_eq!(code(&look(&here, as_clerk("three", 1))), "answered");
        assert_eq!(code(&look(&here, as_clerk("one", 1))), "staff-stopped");
        lift("reviewer-1", Some("one"), "looked into").unwrap();
        assert_eq!(code(&look(&here, as_clerk("one", 1))), "answered");
        assert!(matches!(lift("reviewer-1", Some("one"), "again"), Err(ReviewError::NotStopped)));
        for step in wait(here.registry.review_queue()).unwrap().steps {
            wait(here.registry.close_step(step.step, "reviewer-1")).unwrap();
        }
        assert!(changes(&here).is_empty());
        testkit::prove_log(&here.registry);
    }

    fn a_reviewer_lifts_no_stop_of_their_own_account_or_body(engine: Engine) {
        let here = fill(Installation::with(engine, strict()));
        let own = made_up(5).number;
        let clerk = |name: &str, own_number: Option<&str>| NewStaff {
            body: LAW.to_owned(),
            staff: name.to_owned(),
            name: "测试员".to_owned(),
            own_number: own_number.map(str::to_owned),
            keys: vec![name.to_owned()],
            lead: false,
        };
        here.registry.add_staff(clerk("one", Some(&own))).unwrap();
        here.registry.add_staff(clerk("two", None)).unwrap();
        here.registry.add_reviewer("reviewer-1", "测试员", Some(&own)).unwrap();
        here.registry.add_reviewer("reviewer-2", "测试员", None).unwrap();
        for clerk in ["one", "two"] {
            for _ in 0..5 {
                let _ = look(&here, as_clerk(clerk, 1));
            }
        }
        assert_eq!(changes(&here).last(), Some(&Change::MemberStopped));
        let lift = |reviewer, staff| wait(here.registry.lift_stop(reviewer, LAW, staff, "looked into"));
        for staff in [Some("one"), None] {
            assert_eq!(lift("reviewer-1", staff).unwrap_err().code(), "reviewer-concerned");
        }
        // A colleague's is not theirs, and another reviewer lifts all.
        lift("reviewer-1", Some("two")).unwrap();
        lift("reviewer-2", Some("one")).unwrap();
        lift("reviewer-2", None).unwrap();
    }

    fn at_the_ceiling_of_a_purpose_whoever_goes_on_is_stopped_as_well(engine: Engine) {
        // Nothing is changed in the profile: what holds in it is what is asked.
        let here = filled(engine);
        let profile = here.registry.profile();
        let oversight = profile.oversight.on(profile.day_of(testkit::NOW.parse().unwrap()));
        let (most, refusals) = (profile.purposes[RENEWAL].daily_ceiling.on(here.registry.today()).number, oversight.refusals_before_staff_stopped);
        assert!(most < oversight.staff_ceiling_per_day && refusals > 1);
        let codes = |times: u32| (0..times).map(|_| code(&look(&here, by_law(1)))).collect::<Vec<_>>();
        assert!(codes(most).iter().all(|code| *code == "answered"));
        // Once: refused and told to the reviewers, no more. What is left of the day, under other purposes, stays.
        assert_eq!(codes(1), ["ceiling-reached"]);
        assert_eq!(changes(&here), [Change::CeilingRefused]);
        let mut other = by_law(1);
        other.purpose = "cross-region-check".to_owned();
        assert_eq!(code(&look(&here, other.clone())), "answered");
        assert!(codes(refusals - 1).iter().all(|code| *code == "ceiling-reached"));
        assert_eq!(changes(&here).last(), Some(&Change::StaffStopped));
        assert_eq!(count(&here, "oversight_step", "change", "ceiling-refused"), i64::from(refusals));
        assert_eq!(codes(1), ["staff-stopped"]);
        assert_eq!(code(&look(&here, other)), "staff-stopped");
        assert_eq!(events(&here, 1, EventKind::LookRefused), refusals as usize + 2, "and the person sees each");
        testkit::prove_log(&here.registry);
    }

    fn requests_for_consent_are_refused_then_stop_the_account_then_the_body(engine: Engine) {
        let here = filled(engine);
        let profile = here.registry.profile();
        let oversight = profile.oversight.on(profile.day_of(testkit::NOW.parse().unwrap())).clone();
        let most = profile.purposes[HIRING].daily_ceiling.on(here.registry.today()).number;
        let stopped_before = oversight.stopped_staff_before_member_stopped;
        let clerks: Vec<String> = (1..=stopped_before + 1).map(|n| format!("clerk-{n}")).collect();
        for clerk in &clerks {
            name_staff(&here.registry, HOSPITAL, clerk);
        }
        let ask_as = |clerk: &str, n: u32| {
            let asked = wait(here.registry.ask_consent(ConsentAsk { asker: clerk.to_owned(), ..ask(n) }));
            asked.map_or_else(|error| error.code(), |_| "asked")
        };
        let hospital = |change: Change| {
            changes(&here).into_iter().filter(|one| *one == change).count()
        };
        for (n, clerk) in clerks.iter().take(stopped_before as usize).enumerate() {
            for _ in 0..most {
                assert_eq!(ask_as(clerk, 1), "asked");
            }
            assert_eq!(hospital(Change::StaffStopped), n);
            for _ in 0..oversight.refusals_before_staff_stopped {
                assert_eq!(ask_as(clerk, 2), "ceiling-reached");
            }
            assert_eq!(hospital(Change::StaffStopped), n + 1);
            let after = if n + 1 == stopped_before as usize { "member-stopped" } else { "staff-stopped" };
            assert_eq!(ask_as(clerk, 1), after);
        }
        assert_eq!(hospital(Change::CeilingRefused) as u32, stopped_before * oversight.refusals_before_staff_stopped);
        assert_eq!(hospital(Change::MemberStopped), 1);
        assert_eq!(ask_as(&clerks[stopped_before as usize], 1), "member-stopped");
        assert_eq!(here.store.rows("consent"), i64::from(most * stopped_before), "nobody was asked past a ceiling");
        testkit::prove_log(&here.registry);
    }

    fn looks_and_requests_for_consent_are_counted_together(engine: Engine) {
        let here = fill(Installation::with(engine, strict()));
        let ask = || wait(here.registry.ask_consent(ask(1))).map_or_else(|error| error.code(), |_| "asked");
        let mut wide = crate::kit::ask(1);
        wide.looks = Some(100);
        // What is refused for another reason is no step, and takes nothing of the day.
        for _ in 0..3 {
            assert_eq!(wait(here.registry.ask_consent(wide.clone())).unwrap_err().code(), "consent-too-often");
        }
        assert!(changes(&here).is_empty());
        assert_eq!((ask(), ask()), ("asked", "asked"));
        let consent = wait(here.registry.asked_consents(HOSPITAL)).unwrap()[0].consent;
        let terms = wait(here.registry.consents_of(here.person(1))).unwrap()[0].asked.clone();
        let person = here.person(1);
        wait(here.registry.decide_consent(person, consent, ConsentAnswer::Granted(terms), Speaker::Person)).unwrap();
        assert_eq!(code(&look(&here, by_consent(1, consent))), "staff-ceiling-reached");
        assert_eq!(ask(), "staff-ceiling-reached");
        assert_eq!(changes(&here), [Change::CeilingRefused, Change::CeilingRefused, Change::StaffStopped]);
        assert_eq!(ask(), "staff-stopped");
    }

    fn attempts_at_many_people_are_told_then_stop_the_account_then_the_body(engine: Engine) {
        let here = fill(Installation::with(engine, trying()));
        for clerk in ["one", "two", "three"] {
            name_staff(&here.registry, LAW, clerk);
        }
        here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
        // At somebody else each time, known or not. The law bureau does not license doctors.
        let attempt = |clerk: &str, n: u32| {
            let mut request = as_clerk(clerk, n);
            request.profession = "doctor".to_owned();
            code(&look(&here, request))
        };
        let attempts = |clerk: &str, of: std::ops::Range<u32>| {
            of.map(|n| attempt(clerk, n)).filter(|code| *code == "other-profession").count()
        };
        assert_eq!(attempts("one", 0..3), 3);
        assert!(changes(&here).is_empty(), "a few slips are no misuse");
        assert_eq!(attempts("one", 3..4), 1);
        assert_eq!(changes(&here), [Change::AttemptsRefused]);
        let step = wait(here.registry.review_queue()).unwrap().steps.remove(0);
        assert_eq!((step.body.as_str(), step.staff.as_deref()), (LAW, Some("one")));
        assert_eq!(code(&look(&here, as_clerk("one", 1))), "answered", "what is proper goes on");
        assert_eq!(attempts("one", 4..1_000), 4);
        assert_eq!(changes(&here), [Change::AttemptsRefused, Change::AttemptsRefused, Change::StaffStopped]);
        assert_eq!(code(&look(&here, as_clerk("one", 1))), "staff-stopped");
        assert_eq!(attempts("two", 0..100), 8);
        assert_eq!(changes(&here).last(), Some(&Change::MemberStopped));
        assert_eq!(code(&look(&here, as_clerk("three", 1))), "member-stopped");
        // What was refused because of the stop is not held against an account that a reviewer lets ask again.
        for staff in [None, Some("one")] {
            wait(here.registry.lift_stop("reviewer-1", LAW, staff, "looked into")).unwrap();
        }
        assert_eq!(attempts("one", 0..3), 3);
        assert_eq!(code(&look(&here, as_clerk("one", 1))), "answered");
        let before = changes(&here).len();
        assert_eq!(attempts("one", 3..4), 1);
        assert_eq!(changes(&here)[before..], [Change::AttemptsRefused]);
        testkit::prove_log(&here.registry);
    }

    fn whatever_an_attempt_is_refused_for_and_whatever_it_asks_for_it_counts(engine: Engine) {
        let here = fill(Installation::with(engine, trying()));
        let with = |change: &dyn Fn(&mut registry::InquiryRequest)| {
            let mut request = by_law(1);
            change(&mut request);
            code(&look(&here, request))
        };
        assert_eq!(with(&|one| one.purpose = "no-such-purpose".to_owned()), "purpose-unknown");
        assert_eq!(with(&|one| one.purpose = HIRING.to_owned()), "purpose-not-yours");
        let no_case = registry::Under::Law { case_reference: String::new(), reason: "why".to_owned(), wait_days: None };
        assert_eq!(with(&|one| one.under = no_case.clone()), "case-missing");
        assert!(changes(&here).is_empty());
        let malformed = |one: &mut registry::InquiryRequest| {
            (one.id_number, one.profession) = ("1".to_owned(), "doctor".to_owned());
        };
        assert_eq!(with(&malformed), "other-profession");
        assert_eq!(changes(&here), [Change::AttemptsRefused]);
        // Requests for consent with looks by consents that there are not.
        let wide = |n: u32| ConsentAsk { looks: Some(100), ..ask(n) };
        for n in 1..4 {
            assert_eq!(wait(here.registry.ask_consent(wide(n))).unwrap_err().code(), "consent-too-often");
        }
        let none = model::ConsentId::from_bytes([7; 16]);
        assert_eq!(code(&look(&here, by_consent(2, none))), "consent-unknown");
        assert_eq!(changes(&here), [Change::AttemptsRefused; 2]);
    }

    fn attempts_with_a_key_that_nobody_is_named_for_are_told_once_a_day(engine: Engine) {
        let here = fill(Installation::with(engine, trying()));
        let unnamed = |n: u32| code(&look(&here, as_clerk("a-key-of-nobody", n)));
        for n in 0..20 {
            assert_eq!(unnamed(n), "staff-unknown");
        }
        let steps = wait(here.registry.review_queue()).unwrap().steps;
        let told: Vec<_> = steps.iter().map(|one| (one.change, one.body.as_str(), one.staff.as_deref())).collect();
        assert_eq!(told, [(Change::AttemptsRefused, LAW, None)]);
        assert_eq!(code(&look(&here, by_law(1))), "answered", "those who are named go on");
        here.later(24);
        for n in 0..20 {
            let _ = unnamed(n);
        }
        assert_eq!(changes(&here), [Change::AttemptsRefused; 2]);
    }

    fn slips_of_a_day_take_nothing_of_it_and_are_forgotten_the_next(engine: Engine) {
        // Nothing is changed in the profile.
        let here = filled(engine);
        let profile = here.registry.profile();
        let today = here.registry.today();
        let few = profile.oversight.on(today).refused_attempts_before_review - 1;
        let most = profile.purposes[RENEWAL].daily_ceiling.on(today).number;
        let slip = |n: u32| {
            let mut request = by_law(n);
            request.profession = "doctor".to_owned();
            code(&look(&here, request))
        };
        assert!(few >= 10, "somebody who mistypes a few times is not told of");
        for _ in 0..3 {
            assert!((0..few).all(|n| slip(n) == "other-profession"));
            assert!((0..most).all(|_| code(&look(&here, by_law(1))) == "answered"), "under the purpose too");
            here.later(24);
        }
        assert!(changes(&here).is_empty());
    }

    fn looks_at_colleagues_at_the_same_person_and_at_odd_hours_are_queued(engine: Engine) {
        let mut profile = strict();
        profile.oversight.all_mut().for_each(|one| one.staff_ceiling_per_day = 100);
        let here = fill(Installation::with(engine, profile));
        here.registry.add_staff(NewStaff {
            body: LAW.to_owned(),
            staff: "colleague".to_owned(),
            name: "测试员".to_owned(),
            own_number: Some(made_up(2).number),
            keys: vec![],
            lead: false,
        }).unwrap();
        let causes = || {
            let queue = wait(here.registry.review_queue()).unwrap();
            queue.looks.into_iter().map(|item| item.causes).collect::<Vec<_>>()
        };
        // Noon of a Monday.
        look(&here, by_law(1)).unwrap();
        look(&here, by_law(1)).unwrap();
        assert!(causes().is_empty());
        look(&here, by_law(2)).unwrap();
        assert_eq!(causes(), [[Cause::Colleague]]);
        // Those of one moment stand in no order.
        here.at("2026-11-23T04:01:00Z");
        look(&here, by_law(1)).unwrap();
        assert_eq!(causes()[1], [Cause::SamePerson]);
        here.at("2026-11-23T14:00:00Z");
        look(&here, by_law(1)).unwrap();
        assert_eq!(causes()[2], [Cause::SamePerson, Cause::OddHours]);
        // Saturday noon, and long after the others.
        here.at("2027-02-06T04:00:00Z");
        look(&here, by_law(1)).unwrap();
        assert_eq!(causes()[3], [Cause::OddHours]);
        let shown = serde_json::to_string(&wait(here.registry.review_queue()).unwrap()).unwrap();
        assert!(!shown.contains(&here.person(1).to_string()), "the queue says nothing of whom they looked at");
    }

    fn a_share_of_looks_under_law_is_looked_into_by_chance(engine: Engine) {
        let mut profile = strict();
        profile.oversight.all_mut().for_each(|one| one.random_share_percent = 100);
        let here = fill(Installation::with(engine, profile));
        look(&here, by_law(1)).unwrap();
        let queue = wait(here.registry.review_queue()).unwrap();
        assert_eq!(queue.looks[0].causes, [Cause::Chance]);
    }

    fn a_reviewer_neither_sees_nor_judges_a_look_at_themselves(engine: Engine) {
        let mut profile = strict();
        for one in profile.oversight.all_mut() {
            one.random_share_percent = 100;
        }
        let here = fill(Installation::with(engine, profile));
        here.registry.add_reviewer("one", "测试员", Some(&made_up(1).number)).unwrap();
        here.registry.add_reviewer("two", "测试员", Some(&made_up(3).number)).unwrap();
        let own = look(&here, by_law(1)).unwrap().look;
        let other = look(&here, by_law(2)).unwrap().look;
        let queue = |who| {
            let queue = wait(here.registry.review_queue_for(&ReviewerId::new(who).unwrap())).unwrap();
            queue.looks.into_iter().map(|item| item.look).collect::<Vec<_>>()
        };
        assert_eq!(queue("one"), [other]);
        assert_eq!(queue("two").len(), 2);
        let opened = wait(here.registry.review_case("one", own));
        assert_eq!(opened.unwrap_err().code(), "reviewer-concerned");
        let close = |who, look| wait(here.registry.close_review(look, who, Verdict::Proper, "reasons"));
        assert_eq!(close("one", own).unwrap_err().code(), "reviewer-concerned");
        assert_eq!(count(&here, "oversight_step", "change", "case-opened"), 0);
        close("one", other).unwrap();
        close("two", own).unwrap();
    }

    fn a_body_gets_rid_of_no_stop_by_ending_the_account_and_adding_another(engine: Engine) {
        let here = fill(Installation::with(engine, strict()));
        let account = |staff: &str, own: Option<u32>| here.registry.add_staff(NewStaff {
            body: LAW.to_owned(),
            staff: staff.to_owned(),
            name: "测试员".to_owned(),
            own_number: own.map(|n| made_up(n).number),
            keys: vec![staff.to_owned()],
            lead: false,
        });
        let stopped = |staff: &str| {
            for _ in 0..4 {
                let _ = look(&here, as_clerk(staff, 1));
            }
            code(&look(&here, as_clerk(staff, 1)))
        };
        account("first", Some(5)).unwrap();
        assert_eq!(account("twice", Some(5)).unwrap_err().code(), "account-taken", "two accounts count apart");
        assert_eq!(stopped("first"), "staff-stopped");
        here.registry.stop_staff(LAW, "first").unwrap();
        assert_eq!(account("anew", Some(5)).unwrap_err().code(), "account-taken");
        account("second", Some(6)).unwrap();
        assert_eq!(stopped("second"), "member-stopped", "the one that was ended counts");
        // A reviewer lifts it, and sees it to lift.
        here.registry.add_reviewer("one", "测试员", None).unwrap();
        let stops = wait(here.registry.stops()).unwrap();
        assert!(stops.iter().any(|one| one.staff.as_deref() == Some("first")));
        wait(here.registry.lift_stop("one", LAW, Some("first"), "made-up reasons")).unwrap();
        account("anew", Some(5)).unwrap();
    }

    fn accounts_without_an_own_number_are_marked_until_they_have_one(engine: Engine) {
        let here = fill(Installation::with(engine, strict()));
        let account = |staff: &str, own: Option<u32>| here.registry.add_staff(NewStaff {
            body: LAW.to_owned(),
            staff: staff.to_owned(),
            name: "测试员".to_owned(),
            own_number: own.map(|n| made_up(n).number),
            keys: vec![],
            lead: false,
        });
        let before = wait(here.registry.without_own_number()).unwrap();
        account("bare", None).unwrap();
        account("left", None).unwrap();
        here.registry.stop_staff(LAW, "left").unwrap();
        here.registry.add_reviewer("one", "测试员", None).unwrap();
        let mut marked = wait(here.registry.without_own_number()).unwrap();
        marked.retain(|one| !before.contains(one));
        let marked: Vec<_> = marked.iter().map(|one| (one.body.as_deref(), one.account.as_str())).collect();
        assert_eq!(marked, [(Some(LAW), "bare"), (None, "one")]);
        let numbered = || {
            let staff = wait(here.registry.staff(LAW)).unwrap();
            staff.into_iter().find(|one| one.staff == "bare").unwrap().own_number
        };
        assert!(!numbered());
        account("bare", Some(2)).unwrap();
        assert!(numbered());
        account("bare", None).unwrap();
        assert_eq!(account("bare", Some(1)).unwrap_err().code(), "account-taken");
        here.registry.add_reviewer("one", "测试员", Some(&made_up(3).number)).unwrap();
        assert_eq!(wait(here.registry.without_own_number()).unwrap(), before);
        look(&here, by_law(2)).unwrap();
        assert_eq!(wait(here.registry.review_queue()).unwrap().looks[0].causes, [Cause::Colleague]);
    }

    fn an_improper_look_is_told_to_the_person_and_counts_for_the_body(engine: Engine) {
        let mut profile = strict();
        profile.oversight.all_mut().for_each(|one| one.random_share_percent = 100);
        let here = fill(Installation::with(engine, profile));
        here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
        let proper = look(&here, by_law(1)).unwrap().look;
        let improper = look(&here, by_law(2)).unwrap().look;
        let case = wait(here.registry.review_case("reviewer-1", improper)).unwrap().unwrap();
        let registry::Under::Law { case_reference, .. } = under_law() else { panic!("a case") };
        assert_eq!(case.case_reference, case_reference);
        assert_eq!(count(&here, "oversight_step", "change", "case-opened"), 1);
        assert!(matches!(
            wait(here.registry.review_case("nobody", improper)), Err(ReviewError::ReviewerUnknown)
        ));
        let close = |look, verdict| wait(here.registry.close_review(look, "reviewer-1", verdict, "reasons"));
        close(proper, Verdict::Proper).unwrap();
        close(improper, Verdict::Improper).unwrap();
        assert!(matches!(close(improper, Verdict::Proper), Err(ReviewError::Closed)));
        assert!(wait(here.registry.review_queue()).unwrap().looks.is_empty());
        assert_eq!(events(&here, 1, EventKind::LookImproper), 0);
        assert_eq!(events(&here, 2, EventKind::LookImproper), 1);
        let found = here.file_of(2).events.into_iter().find(|one| one.kind == EventKind::LookImproper).unwrap();
        assert!(found.actor.starts_with("reviewer:"), "a reviewer found it, and no body: {}", found.actor);
        assert_eq!(notices(&here, 2, NoticeKind::LookImproper), 1);
        let detail = wait(here.registry.look_detail(here.person(2), improper)).unwrap().unwrap();
        assert_eq!(detail.findings.last().map(|one| one.verdict), Some(Verdict::Improper));
        let figures = wait(here.registry.improper_looks(2026)).unwrap();
        assert_eq!(figures.into_iter().collect::<Vec<_>>(), [(LAW.to_owned(), 1)]);
        assert!(wait(here.registry.improper_looks(2025)).unwrap().is_empty());
        here.registry.stop_reviewer("reviewer-1").unwrap();
        assert!(matches!(close(proper, Verdict::Proper), Err(ReviewError::ReviewerUnknown)));
    }
}
