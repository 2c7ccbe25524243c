//! Who leads a body's staff, and what the log says of it.

use registry::{Change, NewStaff, OversightStep, StaffError};
use testkit::{Installation, name_staff, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";
const HEALTH: &str = "health-commission";

fn new(staff: &str, lead: bool) -> NewStaff {
    NewStaff {
        body: LAW.to_owned(),
        staff: staff.to_owned(),
        name: "测试员".to_owned(),
        own_number: None,
        keys: Vec::new(),
        lead,
    }
}

/// What was done, to whom, by whom, the first first.
fn done(here: &Installation) -> Vec<(Change, String, Option<String>)> {
    let mut steps = wait(here.registry.steps_of(LAW)).unwrap();
    steps.reverse();
    let told = |step: OversightStep| (step.change, step.staff.unwrap(), step.by_staff);
    steps.into_iter().map(told).collect()
}

fn leads(here: &Installation, staff: &str) -> bool {
    wait(here.registry.staff_member(LAW, staff))
        .unwrap()
        .unwrap()
        .leads
}

on_both_engines! {
    fn whoever_is_added_and_leads_is_a_leaf_each_once_and_waits_for_no_reviewer(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let before = prove_log(&here.registry);
        here.registry.add_staff(new("first", true)).unwrap();
        assert_eq!(prove_log(&here.registry), before + 2, "added, and leads");
        here.registry.add_staff(new("first", true)).unwrap();
        name_staff(&here.registry, LAW, "first");
        assert_eq!(prove_log(&here.registry), before + 2, "the same again is nothing new");
        assert!(leads(&here, "first"), "an account that is named again goes on leading");
        here.registry.add_colleague("first", new("second", false)).unwrap();
        here.registry.set_lead("first", LAW, "second", true).unwrap();
        here.registry.set_lead("first", LAW, "second", true).unwrap();
        here.registry.set_lead("second", LAW, "first", false).unwrap();
        here.registry.end_colleague("second", LAW, "first").unwrap();
        let by = |who: &str| Some(who.to_owned());
        assert_eq!(done(&here), [
            (Change::StaffAdded, "first".to_owned(), None),
            (Change::LeadGiven, "first".to_owned(), None),
            (Change::StaffAdded, "second".to_owned(), by("first")),
            (Change::LeadGiven, "second".to_owned(), by("first")),
            (Change::LeadTaken, "first".to_owned(), by("second")),
            (Change::StaffEnded, "first".to_owned(), by("second")),
        ]);
        assert_eq!(prove_log(&here.registry), before + 6);
        assert!(wait(here.registry.review_queue()).unwrap().steps.is_empty());
    }

    fn who_does_not_lead_adds_and_ends_nobody(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        for (staff, lead) in [("first", true), ("second", false), ("third", true)] {
            here.registry.add_staff(new(staff, lead)).unwrap();
        }
        name_staff(&here.registry, HEALTH, "elsewhere");
        here.registry.add_staff(NewStaff { body: HEALTH.to_owned(), ..new("elsewhere", true) }).unwrap();
        here.registry.end_colleague("first", LAW, "third").unwrap();
        let before = prove_log(&here.registry);
        for nobody in ["second", "third", "elsewhere", "nobody", ""] {
            for refused in [
                here.registry.add_colleague(nobody, new("fourth", false)),
                here.registry.end_colleague(nobody, LAW, "second"),
                here.registry.end_colleague(nobody, LAW, nobody),
                here.registry.set_lead(nobody, LAW, "second", true),
                here.registry.set_lead(nobody, LAW, "first", false),
            ] {
                assert!(matches!(refused, Err(StaffError::NotLead)), "{nobody}");
            }
        }
        assert_eq!(prove_log(&here.registry), before);
        assert!(wait(here.registry.staff_member(LAW, "fourth")).unwrap().is_none());
        let gone = [
            here.registry.set_lead("first", LAW, "third", true),
            here.registry.end_colleague("first", LAW, "third"),
            here.registry.end_colleague("first", LAW, "elsewhere"),
        ];
        assert!(gone.iter().all(|one| matches!(one, Err(StaffError::Unknown))));
        assert!(matches!(here.registry.add_colleague("first", new("third", false)), Err(StaffError::Taken)));
        assert!(!leads(&here, "third"), "whoever has left leads nobody");
    }

    fn somebody_always_leads(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.registry.add_staff(new("first", true)).unwrap();
        here.registry.add_staff(new("second", false)).unwrap();
        assert!(matches!(here.registry.end_colleague("first", LAW, "first"), Err(StaffError::LastLead)));
        assert!(matches!(here.registry.set_lead("first", LAW, "first", false), Err(StaffError::LastLead)));
        here.registry.set_lead("first", LAW, "second", true).unwrap();
        here.registry.end_colleague("first", LAW, "first").unwrap();
        assert!(matches!(here.registry.end_colleague("second", LAW, "second"), Err(StaffError::LastLead)));
        // Whoever runs the installation may, and names another.
        here.registry.stop_staff(LAW, "second").unwrap();
        here.registry.add_staff(new("third", true)).unwrap();
        assert!(leads(&here, "third"));
    }

    fn a_colleague_gets_keys_of_the_body_that_are_nobody_elses(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let key = |key_id: &str, authority: &str, byte: u8| registry::AuthorityKey {
            key_id: key_id.to_owned(),
            authority: authority.to_owned(),
            public_key: [byte; 32],
        };
        for one in [key("theirs", LAW, 1), key("free", LAW, 2), key("other", HEALTH, 3)] {
            here.registry.add_authority_key(one).unwrap();
        }
        here.registry.add_staff(NewStaff { keys: vec!["theirs".to_owned()], ..new("first", true) }).unwrap();
        let with = |key: &str| NewStaff { keys: vec![key.to_owned()], ..new("second", false) };
        for unknown in ["other", "none", "portal:first"] {
            let refused = here.registry.add_colleague("first", with(unknown));
            assert!(matches!(refused, Err(StaffError::NoSuchKey)), "{unknown}");
        }
        assert!(matches!(here.registry.add_colleague("first", with("theirs")), Err(StaffError::Taken)));
        here.registry.add_colleague("first", with("free")).unwrap();
        for key in ["free", "portal:second"] {
            let holder = wait(here.registry.staff_of_key(LAW, key)).unwrap().unwrap();
            assert_eq!(holder.staff, "second");
        }
    }
}
