//! Promises that hold for any claims, any choice and any alteration.
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod common;

use std::collections::BTreeMap;

use common::{ISSUER, NAMES, NOW, VCT, credential, holder_key, issuer_key, metadata, seeded};
use proptest::prelude::*;
use sd_jwt::{
    Algorithm, Bits, Credential, MAX_DEPTH, MAX_TEXT_BYTES, StatusList, StatusListToken, VerifyOptions,
    bind_key, disclosable_claims, present, verify, verify_status_list,
};
use serde_json::{Value, json};

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z~/\"]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn accepted(text: &str) -> bool {
    verify(text, &metadata(), &VerifyOptions::new(NOW, VCT)).is_ok()
}

/// A presentation with a key binding, so that each kind of part is in the text.
fn bound() -> String {
    let text = credential(7).holder_key(&holder_key().public_key());
    let text = text.sign(&issuer_key(), &mut seeded(9)).unwrap();
    let text = present(&text, &NAMES[..2]).unwrap();
    bind_key(&text, &holder_key(), "https://verifier.example", "n", NOW).unwrap()
}

#[test]
fn every_character_of_a_text_matters() {
    for text in [bound(), present(&bound(), &NAMES[..1]).unwrap()] {
        assert!(accepted(&text));
        for at in 0..text.len() {
            for replacement in ["A", "B", "w", "-", ".", "~", "=", "", "文"] {
                if text[at..=at] != *replacement {
                    let altered = format!("{}{replacement}{}", &text[..at], &text[at + 1..]);
                    assert!(!accepted(&altered), "character {at} made {replacement:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_choice_of_any_claims_shows_exactly_that(
        claims in proptest::collection::btree_map("[a-zA-Z/~ 文\"\\\\]{0,8}", (any_value(), any::<bool>()), 0..12),
        visible in any_value(),
        decoys in 0_usize..4,
        seed in any::<u64>(),
    ) {
        let name_fits = |name: &str| !["iss", "vct", "iat", "nbf", "exp", "cnf", "aud", "status"].contains(&name);
        let claims: BTreeMap<_, _> = claims.into_iter().filter(|(name, _)| name_fits(name)).collect();
        let mut credential = Credential::new(ISSUER, VCT).claim("always-visible", visible.clone()).decoys(decoys);
        for (name, (value, _)) in &claims {
            credential = credential.disclosable(name, value.clone());
        }
        let text = credential.sign(&issuer_key(), &mut seeded(seed)).unwrap();
        let offered = disclosable_claims(&text).unwrap();
        prop_assert_eq!(offered.len(), claims.len());

        let pointer = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let picks: Vec<_> = claims.iter().filter(|(_, (_, pick))| *pick).map(|(name, _)| pointer(name)).collect();
        let text = present(&text, &picks.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        let verified = verify(&text, &metadata(), &VerifyOptions::new(NOW, VCT)).unwrap();

        let mut expected = json!({"iss": ISSUER, "vct": VCT, "always-visible": visible});
        for (name, (value, _)) in claims.into_iter().filter(|(_, (_, pick))| *pick) {
            expected[&name] = value;
        }
        prop_assert_eq!(Value::Object(verified.claims), expected);
        prop_assert_eq!(verified.disclosed.len(), picks.len());
    }

    #[test]
    fn any_one_character_replaced_added_or_lost_is_refused(
        at in any::<prop::sample::Index>(),
        character in any::<char>(),
        way in 0..3,
    ) {
        let text = bound();
        let at = at.index(text.len());
        let altered = match way {
            0 => format!("{}{character}{}", &text[..at], &text[at + 1..]),
            1 => format!("{}{character}{}", &text[..at], &text[at..]),
            _ => format!("{}{}", &text[..at], &text[at + 1..]),
        };
        prop_assume!(altered != text);
        prop_assert!(!accepted(&altered));
    }
}

proptest! {
    #[test]
    fn any_one_character_of_a_status_list_token_matters(at in any::<prop::sample::Index>(), new in "[A-Za-z0-9_.-]") {
        let list = StatusList::new(Bits::One, 1_000).unwrap();
        let token = StatusListToken { issuer: ISSUER, uri: "u", issued_at: NOW, expires_at: NOW + 9, ttl_seconds: 9 };
        let token = token.sign(&list, &issuer_key()).unwrap();
        let read = |text: &str| verify_status_list(text, "u", ISSUER, &metadata(), &[Algorithm::Es256], NOW, 0);
        prop_assert!(read(&token).is_ok());
        let at = at.index(token.len());
        let altered = format!("{}{new}{}", &token[..at], &token[at + 1..]);
        prop_assert_eq!(read(&altered).is_ok(), altered == token);
    }

    #[test]
    fn any_text_is_answered(text in "[A-Za-z0-9_.~=-]{0,200}", wild in ".{0,200}") {
        for text in [text, wild] {
            prop_assert!(!accepted(&text));
            prop_assert!(present(&text, &[]).is_err());
            let list = verify_status_list(&text, "u", ISSUER, &metadata(), &[], NOW, 0);
            prop_assert!(list.is_err());
        }
    }

    #[test]
    fn any_bytes_within_the_form_are_answered(
        header in proptest::collection::vec(any::<u8>(), 0..60),
        payload in proptest::collection::vec(any::<u8>(), 0..60),
        disclosure in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        use base64::Engine;
        let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        let text = format!("{}.{}.AA~{}~", encode(&header), encode(&payload), encode(&disclosure));
        prop_assert!(!accepted(&text));
        prop_assert!(disclosable_claims(&text).is_err());
    }
}

#[test]
fn deep_and_huge_texts_are_refused_and_not_worked_on() {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#);
    for deep in [
        "[".repeat(40_000),
        r#"{"a":"#.repeat(9_000),
        format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200)),
    ] {
        assert!(!accepted(&format!("{header}.{}.AA~", encode(&deep))));
        assert!(!accepted(&format!(
            "{header}.{}.AA~{}~",
            encode("{}"),
            encode(&deep)
        )));
    }
    let huge = "A".repeat(MAX_TEXT_BYTES + 1);
    let error = verify(&huge, &metadata(), &VerifyOptions::new(NOW, VCT)).unwrap_err();
    assert_eq!(error.code(), "too-large");
}

#[test]
fn whatever_nests_to_the_limit_can_be_verified() {
    let deep = |levels: usize| (1..levels).fold(json!([]), |inner, _| json!([inner]));
    let text = Credential::new(ISSUER, VCT)
        .claim("visible", deep(MAX_DEPTH))
        .disclosable("hidden", deep(MAX_DEPTH))
        .sign(&issuer_key(), &mut seeded(1))
        .unwrap();
    assert!(accepted(&text));
    let deeper = Credential::new(ISSUER, VCT).disclosable("hidden", deep(MAX_DEPTH + 1));
    assert!(deeper.sign(&issuer_key(), &mut seeded(1)).is_err());
}
