//! The way of a credential, from issue to verification, and every way in which it must be refused.
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use common::{
    ISSUER, LIST_URI, NAMES, NOW, VCT, YEAR, credential, holder_key, issuer_key, metadata, seeded, signed,
};
use sd_jwt::{
    Algorithm, Bits, Credential, Ed25519Signer, KeyBinding, PublicKey, SignError, Signer, Status, StatusList,
    StatusListToken, VerifiedCredential, VerifyError, VerifyOptions, bind_key, present, verify,
    verify_status_list,
};
use serde_json::{Value, json};

const ES256: &[Algorithm] = &[Algorithm::Es256];

fn issued() -> String {
    credential(7).sign(&issuer_key(), &mut seeded(1)).unwrap()
}

fn options() -> VerifyOptions<'static> {
    VerifyOptions::new(NOW, VCT)
}

fn check(text: &str) -> Result<VerifiedCredential, VerifyError> {
    verify(text, &metadata(), &options())
}

fn code(text: &str) -> &'static str {
    check(text).err().map_or("accepted", |error| error.code())
}

/// A header as it should be, with the issuer's `kid`.
fn header(alg: &str, typ: &str) -> String {
    json!({"alg": alg, "typ": typ, "kid": issuer_key().kid()}).to_string()
}

/// A credential of the issuer's with one member of its payload set, or taken away.
fn with_member(name: &str, value: Option<Value>) -> String {
    let mut payload = json!({"iss": ISSUER, "vct": VCT, "iat": NOW, "exp": NOW + YEAR});
    match value {
        Some(value) => payload[name] = value,
        None => drop(payload.as_object_mut().unwrap().remove(name)),
    }
    format!(
        "{}~",
        signed(&header("ES256", "dc+sd-jwt"), &payload.to_string(), &issuer_key())
    )
}

#[test]
fn what_was_issued_is_verified_with_all_its_claims() {
    let verified = check(&issued()).unwrap();
    assert_eq!((verified.issuer.as_str(), verified.vct.as_str()), (ISSUER, VCT));
    assert_eq!(verified.kid.as_deref(), Some(issuer_key().kid()));
    assert_eq!((verified.issued_at, verified.not_before), (Some(NOW), Some(NOW)));
    assert_eq!(verified.expires_at, Some(NOW + YEAR));
    assert_eq!(verified.claims["name"], "李四");
    assert_eq!(verified.claims["years_without"], 5);
    assert_eq!(verified.disclosed.len(), NAMES.len());
    assert!(!verified.claims.contains_key("_sd") && !verified.claims.contains_key("_sd_alg"));
    assert!(!verified.key_bound && verified.holder_key.is_none());
}

#[test]
fn hidden_claims_are_not_in_the_text() {
    let text = present(&issued(), &["profession"]).unwrap();
    let verified = check(&text).unwrap();
    assert_eq!(verified.disclosed, ["/profession"]);
    assert!(!verified.claims.contains_key("name"));
    for part in text.split(['.', '~']) {
        let bytes = BASE64.decode(part).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("李四"));
    }
}

#[test]
fn the_order_and_number_of_digests_tell_nothing() {
    let text = credential(7)
        .decoys(5)
        .sign(&issuer_key(), &mut seeded(3))
        .unwrap();
    let payload = BASE64.decode(text.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let digests: Vec<_> = payload["_sd"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d.as_str().unwrap())
        .collect();
    assert_eq!(digests.len(), NAMES.len() + 5);
    assert!(digests.is_sorted());
    assert_eq!(check(&text).unwrap().disclosed.len(), NAMES.len());
}

#[test]
fn nested_parts_are_disclosed_one_by_one() {
    let text = Credential::new(ISSUER, VCT)
        .claim("address", json!({"street": "North 1", "town": "Harbour"}))
        .claim("languages", json!(["zh", "en", "fr"]))
        .disclosable("licence", json!({"number": "990001", "scope": ["a", "b"]}))
        .disclosable_part("/address/street")
        .disclosable_part("/languages/1")
        .disclosable_part("/licence/scope")
        .disclosable_part("/licence/scope/0")
        .sign(&issuer_key(), &mut seeded(1))
        .unwrap();
    let claims = |picks: &[&str]| {
        let mut claims = check(&present(&text, picks).unwrap()).unwrap().claims;
        claims.retain(|name, _| name != "iss" && name != "vct");
        Value::Object(claims)
    };
    assert_eq!(
        claims(&[]),
        json!({"address": {"town": "Harbour"}, "languages": ["zh", "fr"]})
    );
    assert_eq!(
        claims(&["/address/street", "/languages/1", "/licence/scope"]),
        json!({"address": {"town": "Harbour", "street": "North 1"}, "languages": ["zh", "en", "fr"],
               "licence": {"number": "990001", "scope": ["b"]}})
    );
    assert_eq!(
        claims(&["/licence/scope/0"])["licence"],
        json!({"number": "990001", "scope": ["a", "b"]})
    );
}

#[test]
fn times_are_held_to_the_second_with_leeway() {
    let text = credential(7).sign(&issuer_key(), &mut seeded(1)).unwrap();
    let at = |now| {
        let options = VerifyOptions {
            now,
            leeway_seconds: 10,
            ..options()
        };
        verify(&text, &metadata(), &options).err()
    };
    assert_eq!(at(NOW - 10), None);
    assert_eq!(at(NOW - 11), Some(VerifyError::NotYetValid { valid_from: NOW }));
    assert_eq!(at(NOW + YEAR + 9), None);
    assert_eq!(
        at(NOW + YEAR + 10),
        Some(VerifyError::Expired {
            expired_at: NOW + YEAR
        })
    );
    assert_eq!(at(i64::MAX).map(|e| e.code()), Some("expired"));
    assert_eq!(at(i64::MIN).map(|e| e.code()), Some("not-yet-valid"));
}

#[test]
fn only_trusted_issuers_and_keys_are_believed() {
    let text = issued();
    let nobody = |_: &str, _: Option<&str>| None;
    assert_eq!(
        verify(&text, &nobody, &options()).unwrap_err().code(),
        "unknown-issuer"
    );
    let other = |_: &str, _: Option<&str>| Some(holder_key().public_key());
    assert_eq!(verify(&text, &other, &options()).unwrap_err().code(), "altered");
    assert_eq!(
        code(&with_member("iss", Some(json!("https://other.example")))),
        "unknown-issuer"
    );
    let by_another = credential(7).sign(&holder_key(), &mut seeded(1)).unwrap();
    assert_eq!(code(&by_another), "unknown-issuer");
}

#[test]
fn another_kind_or_type_is_refused() {
    let options = VerifyOptions {
        vct: Some("https://issuer.example/other"),
        ..options()
    };
    assert_eq!(
        verify(&issued(), &metadata(), &options).unwrap_err().code(),
        "wrong-kind"
    );
    let payload = json!({"iss": ISSUER, "vct": VCT}).to_string();
    for typ in ["JWT", "kb+jwt", "statuslist+jwt", "vc+sd-jwt", "DC+SD-JWT", ""] {
        let text = format!("{}~", signed(&header("ES256", typ), &payload, &issuer_key()));
        assert_eq!(code(&text), "wrong-type", "{typ}");
    }
}

#[test]
fn no_algorithm_but_the_keys_own_is_accepted() {
    let payload = json!({"iss": ISSUER, "vct": VCT}).to_string();
    for alg in ["none", "None", "HS256", "ES384", "EdDSA", ""] {
        let text = format!("{}~", signed(&header(alg, "dc+sd-jwt"), &payload, &issuer_key()));
        assert_eq!(code(&text), "algorithm-not-allowed", "{alg}");
    }
    let unsigned = format!(
        "{}.{}.~",
        BASE64.encode(header("none", "dc+sd-jwt")),
        BASE64.encode(&payload)
    );
    assert_eq!(code(&unsigned), "algorithm-not-allowed");

    // Even where both are on the list, an Ed25519 signature is not checked with a P-256 key.
    let ed25519 = Ed25519Signer::from_seed(&[5; 32]).unwrap();
    let text = format!("{}~", signed(&header("EdDSA", "dc+sd-jwt"), &payload, &ed25519));
    let both = VerifyOptions {
        algorithms: &[Algorithm::Es256, Algorithm::EdDsa],
        ..options()
    };
    assert_eq!(
        verify(&text, &metadata(), &both).unwrap_err().code(),
        "algorithm-not-allowed"
    );
    let right = |_: &str, _: Option<&str>| Some(ed25519.public_key());
    assert!(verify(&text, &right, &both).is_ok());
    assert_eq!(
        verify(&text, &right, &options()).unwrap_err().code(),
        "algorithm-not-allowed"
    );
}

#[test]
fn the_hash_of_a_public_key_is_no_secret_to_sign_with() {
    // The classic confusion: HMAC keyed with the public key.
    struct Confused;
    impl Signer for Confused {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }
        fn kid(&self) -> &'static str {
            "Cp2ELfeJ5cyxxJcyenGZrCEAhQvhrm-v5Ee5UNLPOVw"
        }
        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
            let PublicKey::P256(point) = issuer_key().public_key() else {
                return Err(SignError("kind".into()));
            };
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &point);
            Ok(ring::hmac::sign(&key, message).as_ref().to_vec())
        }
    }
    let payload = json!({"iss": ISSUER, "vct": VCT}).to_string();
    let with = |alg| {
        code(&format!(
            "{}~",
            signed(&header(alg, "dc+sd-jwt"), &payload, &Confused)
        ))
    };
    assert_eq!(with("HS256"), "algorithm-not-allowed");
    assert_eq!(with("ES256"), "altered");
}

#[test]
fn critical_extensions_and_odd_members_are_refused() {
    let payload = json!({"iss": ISSUER, "vct": VCT}).to_string();
    let crit = json!({"alg": "ES256", "typ": "dc+sd-jwt", "crit": ["b64"], "b64": false}).to_string();
    assert_eq!(
        code(&format!("{}~", signed(&crit, &payload, &issuer_key()))),
        "malformed"
    );
    let twice = r#"{"alg":"none","alg":"ES256","typ":"dc+sd-jwt"}"#;
    assert_eq!(
        code(&format!("{}~", signed(twice, &payload, &issuer_key()))),
        "malformed"
    );
    assert_eq!(code(&with_member("extra", Some(json!(1)))), "accepted");
    assert_eq!(code(&with_member("exp", None)), "accepted");
    for (name, value) in [
        ("iss", json!(1)),
        ("vct", json!(null)),
        ("exp", json!("tomorrow")),
        ("nbf", json!(1.5)),
        ("status", json!({})),
        ("cnf", json!({"kid": "x"})),
        ("cnf", json!({"jwk": {"kty": "oct", "k": "AA"}})),
        ("_sd", json!({})),
        ("_sd_alg", json!("md5")),
    ] {
        assert_eq!(code(&with_member(name, Some(value))), "malformed", "{name}");
    }
    assert_eq!(code(&with_member("iss", None)), "malformed");
    assert_eq!(code(&with_member("vct", None)), "malformed");
}

#[test]
fn a_foreign_or_repeated_disclosure_is_refused() {
    let text = issued();
    let other = credential(8).sign(&issuer_key(), &mut seeded(2)).unwrap();
    let foreign = other.split('~').nth(1).unwrap();
    assert_eq!(code(&format!("{text}{foreign}~")), "altered");
    let own = text.split('~').nth(1).unwrap();
    assert_eq!(code(&format!("{text}{own}~")), "malformed");
    assert_eq!(code(&format!("{text}~")), "malformed");
}

mod key_binding {
    use super::*;

    const EXPECTED: KeyBinding<'_> = KeyBinding {
        audience: "https://verifier.example",
        nonce: "n-1",
        max_age_seconds: 300,
    };

    fn bound() -> String {
        let text = credential(7)
            .holder_key(&holder_key().public_key())
            .sign(&issuer_key(), &mut seeded(1))
            .unwrap();
        let text = present(&text, &["name"]).unwrap();
        bind_key(&text, &holder_key(), EXPECTED.audience, EXPECTED.nonce, NOW).unwrap()
    }

    fn code_for(text: &str, key_binding: Option<KeyBinding<'_>>, now: i64) -> &'static str {
        let options = VerifyOptions {
            key_binding,
            now,
            ..options()
        };
        match verify(text, &metadata(), &options) {
            Ok(verified) if verified.key_bound => "bound",
            Ok(_) => "not-bound",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn a_binding_holds_for_its_verifier_nonce_and_time_only() {
        let text = bound();
        assert_eq!(code_for(&text, Some(EXPECTED), NOW), "bound");
        assert_eq!(code_for(&text, None, NOW), "bound");
        let other = KeyBinding {
            audience: "https://other.example",
            ..EXPECTED
        };
        assert_eq!(code_for(&text, Some(other), NOW), "key-binding-wrong");
        let other = KeyBinding {
            nonce: "n-2",
            ..EXPECTED
        };
        assert_eq!(code_for(&text, Some(other), NOW), "key-binding-wrong");
        assert_eq!(code_for(&text, Some(EXPECTED), NOW + 360), "bound");
        assert_eq!(code_for(&text, Some(EXPECTED), NOW + 361), "key-binding-wrong");
    }

    #[test]
    fn a_binding_holds_for_its_presentation_and_key_only() {
        let text = bound();
        let (presented, binding) = text.split_at(text.rfind('~').unwrap() + 1);
        assert_eq!(code_for(presented, Some(EXPECTED), NOW), "key-binding-missing");
        assert_eq!(code_for(presented, None, NOW), "not-bound");
        let less = present(presented, &[]).unwrap();
        assert_eq!(
            code_for(&format!("{less}{binding}"), None, NOW),
            "key-binding-wrong"
        );

        let stolen = bind_key(presented, &issuer_key(), EXPECTED.audience, EXPECTED.nonce, NOW).unwrap();
        assert_eq!(code_for(&stolen, None, NOW), "key-binding-wrong");
        let unbindable = bind_key(&issued(), &holder_key(), EXPECTED.audience, EXPECTED.nonce, NOW).unwrap();
        assert_eq!(code_for(&unbindable, None, NOW), "key-binding-wrong");
        let wrong_type = format!("{presented}{}", presented.split('~').next().unwrap());
        assert_eq!(code_for(&wrong_type, None, NOW), "wrong-type");
        assert_eq!(code_for(&format!("{presented}x.y"), None, NOW), "malformed");
    }

    #[test]
    fn binding_again_replaces_and_presenting_again_drops() {
        let text = bound();
        let again = bind_key(&text, &holder_key(), EXPECTED.audience, "n-2", NOW).unwrap();
        assert_eq!(
            code_for(
                &again,
                Some(KeyBinding {
                    nonce: "n-2",
                    ..EXPECTED
                }),
                NOW
            ),
            "bound"
        );
        assert_eq!(
            code_for(&present(&text, &["name"]).unwrap(), None, NOW),
            "not-bound"
        );
    }
}

mod status {
    use super::*;

    fn token() -> StatusListToken<'static> {
        StatusListToken {
            issuer: ISSUER,
            uri: LIST_URI,
            issued_at: NOW,
            expires_at: NOW + 86_400,
            ttl_seconds: 3_600,
        }
    }

    fn list() -> StatusList {
        let mut list = StatusList::new(Bits::One, 100_000).unwrap();
        list.set(7, Status::Invalid).unwrap();
        list
    }

    fn read(token: &str, now: i64) -> Result<sd_jwt::VerifiedStatusList, VerifyError> {
        verify_status_list(token, LIST_URI, ISSUER, &metadata(), ES256, now, 60)
    }

    #[test]
    fn a_revoked_credential_is_told_from_a_valid_one() {
        let token = token().sign(&list(), &issuer_key()).unwrap();
        let list = read(&token, NOW).unwrap();
        let status = |index| {
            let text = credential(index).sign(&issuer_key(), &mut seeded(1)).unwrap();
            list.status_of(&check(&text).unwrap())
        };
        assert_eq!(status(7), Ok(Status::Invalid));
        assert_eq!(status(8), Ok(Status::Valid));
        assert_eq!(status(100_000).map_err(|e| e.code()), Err("status-out-of-range"));
        assert_eq!(
            (list.issued_at, list.expires_at, list.ttl_seconds),
            (NOW, Some(NOW + 86_400), Some(3_600))
        );
        assert_eq!(list.usable_until(NOW), Some(NOW + 3_600));
        assert_eq!(list.usable_until(NOW + 86_000), Some(NOW + 86_400));
    }

    #[test]
    fn a_list_answers_for_no_other_list_and_no_other_issuer() {
        let list = read(&token().sign(&list(), &issuer_key()).unwrap(), NOW).unwrap();
        let mut verified = check(&issued()).unwrap();
        verified.issuer = "https://other.example".into();
        assert_eq!(
            list.status_of(&verified).map_err(|e| e.code()),
            Err("status-other-list")
        );
        let mut verified = check(&issued()).unwrap();
        verified.status.as_mut().unwrap().uri.push('0');
        assert_eq!(
            list.status_of(&verified).map_err(|e| e.code()),
            Err("status-other-list")
        );
        verified.status = None;
        assert_eq!(
            list.status_of(&verified).map_err(|e| e.code()),
            Err("status-other-list")
        );
    }

    #[test]
    fn a_stale_foreign_or_altered_list_is_refused() {
        let good = token().sign(&list(), &issuer_key()).unwrap();
        let code = |result: Result<_, VerifyError>| result.err().map_or("accepted", |error| error.code());
        assert_eq!(code(read(&good, NOW + 86_400 + 60)), "expired");
        assert_eq!(code(read(&good, NOW - 61)), "not-yet-valid");
        let elsewhere = verify_status_list(
            &good,
            "https://issuer.example/status/2",
            ISSUER,
            &metadata(),
            ES256,
            NOW,
            60,
        );
        assert_eq!(code(elsewhere), "status-other-list");
        assert_eq!(
            code(read(&token().sign(&list(), &holder_key()).unwrap(), NOW)),
            "unknown-issuer"
        );
        let foreign = StatusListToken {
            issuer: "https://other.example",
            ..token()
        };
        assert_eq!(
            code(read(&foreign.sign(&list(), &issuer_key()).unwrap(), NOW)),
            "unknown-issuer"
        );
        let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
        assert_eq!(code(read(&unsigned, NOW)), "altered");
        assert_eq!(code(read(issued().split('~').next().unwrap(), NOW)), "wrong-type");
        assert_eq!(
            code(read(&"A".repeat(sd_jwt::MAX_TOKEN_BYTES + 1), NOW)),
            "too-large"
        );
    }

    #[test]
    fn odd_members_of_a_list_are_refused() {
        let code = |change: &dyn Fn(&mut Value)| {
            let mut payload = json!({"sub": LIST_URI, "iat": NOW,
                "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}});
            change(&mut payload);
            let header = header("ES256", "statuslist+jwt");
            let token = signed(&header, &payload.to_string(), &issuer_key());
            read(&token, NOW).err().map_or("accepted", |error| error.code())
        };
        assert_eq!(code(&|_| ()), "accepted");
        assert_eq!(code(&|p| p["ttl"] = json!(60)), "accepted");
        assert_eq!(code(&|p| p["ttl"] = json!(0)), "malformed");
        assert_eq!(code(&|p| p["iat"] = json!("x")), "malformed");
        assert_eq!(
            code(&|p| drop(p.as_object_mut().unwrap().remove("iat"))),
            "malformed"
        );
        assert_eq!(code(&|p| p["status_list"] = json!(null)), "status-malformed");
        assert_eq!(code(&|p| p["status_list"]["bits"] = json!(3)), "status-malformed");
        assert_eq!(
            code(&|p| p["status_list"]["lst"] = json!("AAAA")),
            "status-malformed"
        );
    }
}
