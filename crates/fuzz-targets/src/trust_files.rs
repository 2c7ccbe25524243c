//! Trust files, and certificates checked with them: no answer is better than what the issuer signed.
//!
//! Three ways: a trust file as given, with a genuine certificate; a text as given, with a genuine trust file;
//! and the claims of a certificate and of its status list as given, parted by a line end, signed here.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use keys::SystemRandomness;
use registry::{Answer, Check, Checker, StatusKnown, Trust, VCT};
use sd_jwt::{Bits, IssuerMetadata, JwkSet, P256Signer, Status, StatusList, StatusListToken};

use crate::{
    Target, choices,
    people::{ISSUER, LIST, NOW, certificate, counting, signed, signing_input},
    seed,
};

/// See [`crate::trust_files`].
pub const TARGET: Target = Target {
    name: "trust_files",
    run,
    seeds,
    words: &[
        "{\"issuers\":[",
        "\"issuer\":\"https://issuer.example\"",
        "\"jwks\":{\"keys\":[",
        "\"kty\":\"EC\"",
        "\"crv\":\"P-256\"",
        "\"status_lists\":[",
        "\"status\":{\"status_list\":{\"idx\":0,\"uri\":\"https://issuer.example/status/1\"}}",
        "\"vct\":\"urn:standing:certificate:1\"",
        "\"exp\":9223372036854775807",
        "\"iat\":-9223372036854775808",
        "\"ttl\":1",
        "\"lst\":\"eNpjYAAAAAIAAQ\"",
        "\"kid\":",
        "\"use\":\"sig\"",
    ],
};

/// A P-256 key whose number is published here.
const KEY: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042000000000\
    00000000000000000000000017d75441342c21bd519f27d6fb398115a14403420004e5a6f479f35c76de1ed92c06f59e6f14\
    65c6dc0929caa13754ef0861f386752077a72463e3e3556e9f636dd287abc8e6c5de8b25400bc5f30880f76e26019af3";

fn key() -> P256Signer {
    let digits: Vec<u8> = KEY.bytes().filter(u8::is_ascii_hexdigit).collect();
    let der: Vec<u8> = digits
        .chunks(2)
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    P256Signer::from_pkcs8(&der, SystemRandomness::new().source()).unwrap()
}

struct Genuine {
    key: P256Signer,
    /// In good standing, and revoked.
    certificates: [String; 2],
    trust: Vec<u8>,
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let key = key();
    let mut list = StatusList::new(Bits::One, 64).unwrap();
    list.set(8, Status::Invalid).unwrap();
    let token = StatusListToken {
        issuer: ISSUER,
        uri: LIST,
        issued_at: NOW,
        expires_at: NOW + 600,
        ttl_seconds: 60,
    };
    let trust = Trust {
        issuers: vec![IssuerMetadata {
            issuer: ISSUER.into(),
            jwks: JwkSet {
                keys: vec![key.public_key().to_jwk()],
            },
        }],
        status_lists: vec![token.sign(&list, &key).unwrap()],
    };
    let valid = certificate(VCT).sign(&key, &mut counting()).unwrap();
    let payload = BASE64.decode(valid.split('.').nth(1).unwrap()).unwrap();
    let revoked = String::from_utf8(payload)
        .unwrap()
        .replace("\"idx\":7", "\"idx\":8");
    let revoked = format!("{}~", signed(&header("dc+sd-jwt"), revoked.as_bytes(), &key));
    Genuine {
        certificates: [valid, revoked],
        trust: serde_json::to_vec(&trust).unwrap(),
        key,
    }
});

fn header(typ: &str) -> Vec<u8> {
    format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#).into_bytes()
}

fn run(bytes: &[u8]) {
    let ([which, time], rest) = choices(bytes);
    let now = match time % 5 {
        0 | 1 => NOW,
        2 => NOW + 100 * 365 * 86_400,
        3 => i64::MAX,
        _ => i64::MIN,
    };
    match which % 3 {
        0 => trust_file(rest, now),
        1 => str::from_utf8(rest)
            .into_iter()
            .for_each(|text| certificate_text(text, now)),
        _ => claims(rest, now),
    }
}

fn trust_file(json: &[u8], now: i64) {
    let genuine = &*GENUINE;
    let Ok(trust) = serde_json::from_slice::<Trust>(json) else {
        assert!(
            Checker::from_json(json, now).is_err(),
            "a trust file is JSON of its shape"
        );
        return;
    };
    let written = serde_json::to_vec(&trust).unwrap();
    let again: Trust = serde_json::from_slice(&written).expect("a trust file is read as it was written");
    assert_eq!(
        serde_json::to_vec(&again).unwrap(),
        written,
        "a trust file is written as it was read"
    );
    let ours = genuine.key.public_key();
    let named = |jwk: &sd_jwt::Jwk| jwk.public_key().is_ok_and(|key| key == ours);
    let knows_key = trust
        .issuers
        .iter()
        .any(|issuer| issuer.jwks.keys.iter().any(named));
    let checker = Checker::new(trust, now);
    let [valid, revoked] = genuine
        .certificates
        .each_ref()
        .map(|text| checker.check(text, now));
    for check in [&valid, &revoked] {
        consistent(check, now);
        assert!(
            knows_key || check.claims.is_none(),
            "nothing is believed of a stranger"
        );
    }
    assert_ne!(
        revoked.answer,
        Answer::Valid,
        "no trust file makes a revoked certificate valid"
    );
}

fn certificate_text(text: &str, now: i64) {
    let genuine = &*GENUINE;
    let checker = Checker::from_json(&genuine.trust, now).unwrap();
    let check = checker.check(text, now);
    consistent(&check, now);
    // Fit to find a list by, never to be believed; it must only not fail.
    let _ = Checker::status_uri(text);
    if check.claims.is_some() {
        let token = text.split('~').next().unwrap_or_default();
        let is_it =
            |one: &String| signing_input(token) == signing_input(one.split('~').next().unwrap_or_default());
        assert!(
            genuine.certificates.iter().any(is_it),
            "nothing is believed that the issuer did not sign"
        );
    }
}

fn claims(bytes: &[u8], now: i64) {
    let genuine = &*GENUINE;
    let (certificate, list) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &b""[..]),
    };
    let mut checker = Checker::from_json(&genuine.trust, now).unwrap();
    checker.add_status_list(&signed(&header("statuslist+jwt"), list, &genuine.key), now);
    let text = format!("{}~", signed(&header("dc+sd-jwt"), certificate, &genuine.key));
    for then in [now, NOW, NOW + 700, i64::MAX, i64::MIN] {
        consistent(&checker.check(&text, then), then);
    }
}

/// An answer never says more than is known.
fn consistent(check: &Check, now: i64) {
    let checked = matches!(check.status, Some(StatusKnown::Checked(_)));
    let believed = check.claims.is_some() && check.issuer.is_some();
    match check.answer {
        Answer::Valid | Answer::Revoked => assert!(checked && believed, "a status that is told was checked"),
        Answer::StatusNotChecked => assert!(!checked && believed, "a status was checked or was not"),
        Answer::Altered | Answer::UnknownIssuer | Answer::NotACertificate => {
            assert!(
                check.claims.is_none() && check.issuer.is_none(),
                "nothing is said of what is not genuine"
            );
        }
        Answer::Expired | Answer::NotYetValid => assert!(!checked, "what is out of date has no status"),
    }
    if check.answer == Answer::Valid {
        let in_time = check.expires_at.is_none_or(|end| now.saturating_sub(60) < end);
        assert!(in_time, "what is valid is in its time");
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let genuine = &*GENUINE;
    let payload = |token: &str| BASE64.decode(token.split('.').nth(1).unwrap()).unwrap();
    let trust: Trust = serde_json::from_slice(&genuine.trust).unwrap();
    let both = [payload(&genuine.certificates[1]), payload(&trust.status_lists[0])].join(&b'\n');
    vec![
        seed(&[0, 0], &genuine.trust),
        seed(&[0, 2], &genuine.trust),
        seed(&[1, 0], &genuine.certificates[0]),
        seed(&[1, 0], &genuine.certificates[1]),
        seed(&[2, 0], &both),
        seed(&[2, 3], &both),
    ]
}
