//! Keys of auditors and witnesses: each is named, listed and ended, both stand in the log, and no name of a key stands
//! for two.

use registry::{
    Auditor, AuditorKey, AuditorKeyError, AuthorityKey, AuthorityKeyError, ReviewerKey, StaffError,
};
use testkit::{Installation, on_both_engines, prove_log, wait};

const HOLDER: &str = "示例大学日志审计组";

fn key(key_id: &str, byte: u8) -> AuditorKey {
    AuditorKey {
        key_id: key_id.to_owned(),
        holder: HOLDER.to_owned(),
        public_key: [byte; 32],
    }
}

on_both_engines! {
    fn an_auditors_key_counts_from_when_it_is_registered_until_it_is_ended_and_the_log_holds_both(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        let before = prove_log(registry);
        registry.add_auditor_key(key("witness-1", 1)).unwrap();
        assert_eq!(prove_log(registry), before + 1, "a new key is a leaf");
        registry.add_auditor_key(key("witness-1", 1)).unwrap();
        assert_eq!(prove_log(registry), before + 1, "the same again is nothing new");
        assert_eq!(wait(registry.auditor_key("witness-1")).unwrap(), Some([1; 32]));
        assert_eq!(wait(registry.auditor_key("other")).unwrap(), None);

        assert!(matches!(registry.end_auditor_key("other"), Err(AuditorKeyError::Unknown)));
        registry.end_auditor_key("witness-1").unwrap();
        assert_eq!(prove_log(registry), before + 2, "its end is one too");
        assert_eq!(wait(registry.auditor_key("witness-1")).unwrap(), None);
        assert!(matches!(registry.end_auditor_key("witness-1"), Err(AuditorKeyError::Unknown)));
        assert!(matches!(registry.add_auditor_key(key("witness-1", 1)), Err(AuditorKeyError::Taken)), "for good");

        registry.add_auditor_key(key("witness-2", 2)).unwrap();
        let listed = wait(registry.auditors()).unwrap();
        let named = |one: &Auditor| (one.key.clone(), one.holder.clone(), one.ended_at.is_some());
        let all = [("witness-1", true), ("witness-2", false)].map(|(key, ended)| (key.to_owned(), HOLDER.to_owned(), ended));
        assert_eq!(listed.iter().map(named).collect::<Vec<_>>(), all);
    }

    fn no_name_of_an_auditors_key_is_that_of_another_and_it_has_a_holder(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let registry = &here.registry;
        registry.add_reviewer("one", "测试员", None).unwrap();
        let of_body = |key_id: &str| AuthorityKey {
            key_id: key_id.to_owned(),
            authority: "law-bureau".to_owned(),
            public_key: [9; 32],
        };
        let of_reviewer = |key_id: &str| ReviewerKey {
            key_id: key_id.to_owned(),
            reviewer: "one".to_owned(),
            public_key: [8; 32],
        };
        registry.add_authority_key(of_body("body")).unwrap();
        registry.add_reviewer_key(of_reviewer("reviewer")).unwrap();
        registry.add_auditor_key(key("auditor", 1)).unwrap();
        let other = AuditorKey { holder: "别人".to_owned(), ..key("auditor", 1) };
        for taken in [key("body", 1), key("reviewer", 1), key("auditor", 2), other] {
            assert!(matches!(registry.add_auditor_key(taken), Err(AuditorKeyError::Taken)));
        }
        assert!(matches!(registry.add_authority_key(of_body("auditor")), Err(AuthorityKeyError::Taken)));
        assert!(matches!(registry.add_reviewer_key(of_reviewer("auditor")), Err(StaffError::Taken)));
        registry.end_auditor_key("auditor").unwrap();
        assert!(matches!(registry.add_authority_key(of_body("auditor")), Err(AuthorityKeyError::Taken)));
        for unfit in ["", "portal:auditor", "two words", &"a".repeat(65)] {
            assert!(matches!(registry.add_auditor_key(key(unfit, 1)), Err(AuditorKeyError::Name)), "{unfit}");
        }
        let nobodys = AuditorKey { holder: " ".to_owned(), ..key("nobodys", 1) };
        assert!(matches!(registry.add_auditor_key(nobodys), Err(AuditorKeyError::HolderMissing)));
        assert_eq!(wait(registry.auditor_key("body")).unwrap(), None);
        assert_eq!(wait(registry.reviewer_key("auditor")).unwrap(), None);
        assert_eq!(wait(registry.authority_key("auditor")).unwrap(), None);
    }
}
