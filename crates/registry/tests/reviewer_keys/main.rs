//! Keys of reviewers: each is its reviewer's alone, is in the log, and is worth nothing once they have left. And whose a
//! body's key is.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod auditors;

use registry::{AuthorityKey, AuthorityKeyError, KeyHolder, ReviewerKey, StaffError};
use testkit::{Installation, name_staff, on_both_engines, prove_log, wait};

fn key(key_id: &str, reviewer: &str, byte: u8) -> ReviewerKey {
    ReviewerKey {
        key_id: key_id.to_owned(),
        reviewer: reviewer.to_owned(),
        public_key: [byte; 32],
    }
}

on_both_engines! {
    fn a_key_counts_from_when_it_is_registered_until_its_reviewer_leaves(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        assert!(matches!(registry.add_reviewer_key(key("k", "one", 1)), Err(StaffError::Unknown)));
        registry.add_reviewer("one", "测试员", None).unwrap();
        let before = prove_log(registry);
        registry.add_reviewer_key(key("k", "one", 1)).unwrap();
        assert_eq!(prove_log(registry), before + 1, "a new key is a leaf");
        registry.add_reviewer_key(key("k", "one", 1)).unwrap();
        assert_eq!(prove_log(registry), before + 1, "the same again is nothing new");
        assert_eq!(wait(registry.reviewer_key("k")).unwrap(), Some(key("k", "one", 1)));
        assert_eq!(wait(registry.reviewer_key("other")).unwrap(), None);
        registry.stop_reviewer("one").unwrap();
        assert_eq!(wait(registry.reviewer_key("k")).unwrap(), None);
        assert!(matches!(registry.add_reviewer_key(key("l", "one", 2)), Err(StaffError::Unknown)));
        let listed = wait(registry.reviewers()).unwrap();
        assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].keys.as_slice()), (1, "测试员", &["k".to_owned()][..]));
        assert!(listed[0].ended_at.is_some());
    }

    fn a_reviewer_whose_key_is_taken_is_not_registered_without_it(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        registry.add_reviewer_with_key("测试员", None, key("k", "one", 1)).unwrap();
        let before = prove_log(registry);
        let number = testkit::made_up(3).number;
        let taken = registry.add_reviewer_with_key("测试员", Some(&number), key("k", "two", 2));
        assert!(matches!(taken, Err(StaffError::Taken)));
        let unfit = registry.add_reviewer_with_key("测试员", None, key("portal:k", "three", 3));
        assert!(matches!(unfit, Err(StaffError::Id)));
        let listed = wait(registry.reviewers()).unwrap();
        assert_eq!(listed.iter().map(|one| one.reviewer.as_str()).collect::<Vec<_>>(), ["one"]);
        assert_eq!(prove_log(registry), before, "nothing of it is left behind");
        // The number is free, and the same again gives what is missing.
        registry.add_reviewer_with_key("测试员", Some(&number), key("l", "two", 2)).unwrap();
        registry.add_reviewer_with_key("测试员", Some(&number), key("m", "two", 4)).unwrap();
        let listed = wait(registry.reviewers()).unwrap();
        assert_eq!(listed[1].keys, ["l", "m"]);
    }

    fn no_name_of_a_key_stands_for_two(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        for reviewer in ["one", "two"] {
            registry.add_reviewer(reviewer, "测试员", None).unwrap();
        }
        let of_body = |key_id: &str| AuthorityKey {
            key_id: key_id.to_owned(),
            authority: "law-bureau".to_owned(),
            public_key: [9; 32],
        };
        registry.add_authority_key(of_body("body")).unwrap();
        registry.add_reviewer_key(key("k", "one", 1)).unwrap();
        for taken in [key("k", "one", 2), key("k", "two", 1), key("body", "one", 3)] {
            assert!(matches!(registry.add_reviewer_key(taken), Err(StaffError::Taken)));
        }
        assert!(matches!(registry.add_authority_key(of_body("k")), Err(AuthorityKeyError::Taken)));
        assert_eq!(wait(registry.reviewer_key("k")).unwrap(), Some(key("k", "one", 1)));
        assert_eq!(wait(registry.reviewer_key("body")).unwrap(), None);
        assert_eq!(wait(registry.authority_key("k")).unwrap(), None);
        // Staff ask on the portal under such names, without a key.
        assert!(matches!(registry.add_authority_key(of_body("portal:clerk")), Err(AuthorityKeyError::Reserved)));
        assert!(matches!(registry.add_reviewer_key(key("portal:clerk", "one", 4)), Err(StaffError::Id)));
    }

    fn a_bodys_key_is_that_of_a_member_of_staff_while_the_account_may_be_used(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        name_staff(registry, "law-bureau", "clerk");
        let holder = |body: &str, key: &str| wait(registry.staff_of_key(body, key)).unwrap();
        let clerk = |active: bool| Some(KeyHolder { staff: "clerk".to_owned(), active });
        assert_eq!(holder("law-bureau", "clerk"), clerk(true));
        assert_eq!(holder("law-bureau", "other"), None);
        assert_eq!(holder("health-commission", "clerk"), None, "a key is one body's");
        registry.stop_staff("law-bureau", "clerk").unwrap();
        assert_eq!(holder("law-bureau", "clerk"), clerk(false));
    }
}
