//! Requests as senders sign them and receivers check them.

use http::{HeaderMap, HeaderName};
use http_signatures::{
    ContentDigest, Policy, Request, SignatureError, SignatureParams, Verified, VerifyingKey, sign, verify,
};
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

const NOW: i64 = 1_800_000_000;
const POLICY: Policy<'static> = Policy {
    required: &["@method", "@authority", "@path", "@query", "upload-offset"],
    ..Policy::request("standing-submission")
};

/// An owned request, so that tests can spoil any of it.
#[derive(Clone)]
struct Sent {
    method: String,
    authority: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            scheme: "https",
            authority: &self.authority,
            path_and_query: &self.target,
            headers: &self.headers,
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        let name: HeaderName = name.parse().expect("a field name");
        self.headers.insert(name, value.parse().expect("a field value"));
    }

    fn get(&self, name: &str) -> String {
        self.headers[name].to_str().expect("ASCII").to_owned()
    }

    fn verify_at(&self, now: i64) -> Result<Verified, SignatureError> {
        verify(&self.request(), &POLICY, now, |id| {
            (id == "authority-1").then(|| VerifyingKey::ed25519(public()))
        })
    }

    /// Signature and body, by the code of the first fault.
    fn outcome(&self) -> Result<String, &'static str> {
        let mut verified = self.verify_at(NOW).map_err(|error| error.code())?;
        verified.body.update(&self.body);
        verified.body.finish().map_err(|error| error.code())?;
        Ok(verified.nonce)
    }
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed of 32 bytes")
}

fn public() -> [u8; 32] {
    key().public_key().as_ref().try_into().expect("32 bytes")
}

fn params() -> SignatureParams {
    SignatureParams {
        created: NOW - 5,
        expires: Some(NOW + 60),
        nonce: "n-0123456789".into(),
        key_id: "authority-1".into(),
        tag: "standing-submission".into(),
    }
}

fn signed_with(params: &SignatureParams) -> Sent {
    let mut sent = Sent {
        method: "PATCH".into(),
        authority: "standing.example.org".into(),
        target: "/submissions/42?part=1".into(),
        headers: HeaderMap::new(),
        body: b"number,name\n1,made up\n".to_vec(),
    };
    sent.set("content-type", "text/csv; charset=utf-8");
    sent.set("upload-offset", "4096");
    let digest = ContentDigest::of(&sent.body);
    let signed = sign(&sent.request(), Some(&digest), &["Upload-Offset"], &key(), params).expect("signable");
    sent.set("content-digest", &signed.content_digest.expect("there is a body"));
    sent.set("signature-input", &signed.signature_input);
    sent.set("signature", &signed.signature);
    sent
}

fn signed() -> Sent {
    signed_with(&params())
}

#[test]
fn a_signed_request_verifies_and_says_who_and_what() {
    let verified = signed().verify_at(NOW).expect("verifies");
    assert_eq!(verified.key_id, "authority-1");
    assert_eq!(verified.nonce, "n-0123456789");
    assert_eq!((verified.created, verified.expires), (NOW - 5, NOW + 60));
    let covered = [
        "@method",
        "@authority",
        "@path",
        "@query",
        "content-digest",
        "content-type",
        "upload-offset",
    ];
    assert_eq!(verified.covered, covered);
    assert_eq!(signed().outcome().as_deref(), Ok("n-0123456789"));
}

#[test]
fn fields_that_are_not_covered_may_change() {
    let mut sent = signed();
    sent.set("user-agent", "anything");
    sent.set("via", "1.1 proxy");
    assert!(sent.outcome().is_ok());
}

#[test]
fn a_changed_body_fails_its_digest_and_a_changed_digest_the_signature() {
    let mut sent = signed();
    sent.body.push(b'x');
    assert_eq!(sent.outcome(), Err("digest-mismatch"));
    let other = ContentDigest::of(&sent.body);
    sent.set("content-digest", other.as_str());
    assert_eq!(sent.outcome(), Err("signature-invalid"));
}

#[test]
fn a_body_can_not_be_left_out_of_the_signature() {
    let mut sent = signed();
    // Signed as though it had no body, sent with one, with and without a digest of its own.
    let bare = sign(&sent.request(), None, &["upload-offset"], &key(), &params()).expect("signable");
    sent.set("signature-input", &bare.signature_input);
    sent.set("signature", &bare.signature);
    assert_eq!(sent.outcome(), Err("component-missing"));
    sent.headers.remove("content-digest");
    assert_eq!(sent.outcome(), Err("digest-missing"));
    sent.body.clear();
    assert!(sent.outcome().is_ok());
}

#[test]
fn what_the_policy_requires_has_to_be_covered_and_there() {
    let mut sent = signed();
    let unsigned_offset = sign(
        &sent.request(),
        Some(&ContentDigest::of(&sent.body)),
        &[],
        &key(),
        &params(),
    )
    .expect("signable");
    let mut other = sent.clone();
    other.set("signature-input", &unsigned_offset.signature_input);
    other.set("signature", &unsigned_offset.signature);
    assert_eq!(other.outcome(), Err("component-missing"));
    sent.headers.remove("upload-offset");
    assert_eq!(sent.outcome(), Err("component-missing"));
}

#[test]
fn times_outside_the_policy_are_refused_to_the_second() {
    let sent = signed();
    let code = |now| {
        sent.verify_at(now)
            .map(|_| "ok")
            .unwrap_or_else(|error| error.code())
    };
    // Expires at NOW + 60, with a skew of 60.
    assert_eq!(code(NOW + 120), "ok");
    assert_eq!(code(NOW + 121), "signature-expired");
    assert_eq!(code(NOW - 65), "ok");
    assert_eq!(code(NOW - 66), "signature-not-yet-valid");
    // A sender can't give itself more than the policy's age of 300 and the skew.
    let long = signed_with(&SignatureParams {
        expires: Some(NOW + 100_000),
        ..params()
    });
    assert!(long.verify_at(NOW - 5 + 360).is_ok());
    assert_eq!(
        long.verify_at(NOW - 5 + 361).map_err(|e| e.code()).err(),
        Some("signature-expired")
    );
    assert_eq!(
        sent.verify_at(i64::MIN).map_err(|e| e.code()).err(),
        Some("signature-not-yet-valid")
    );
    assert_eq!(
        sent.verify_at(i64::MAX).map_err(|e| e.code()).err(),
        Some("signature-expired")
    );
}

#[test]
fn each_fault_of_the_parameters_has_its_code() {
    type Change = fn(&mut SignatureParams);
    let changes: [(Change, &str); 6] = [
        (|p| p.tag = "another".into(), "signature-missing"),
        (|p| p.key_id = "authority-2".into(), "key-unknown"),
        (|p| p.nonce = "short".into(), "signature-malformed"),
        (|p| p.nonce = "n".repeat(129), "signature-malformed"),
        (|p| p.expires = None, "parameter-missing"),
        (|p| p.expires = Some(p.created), "signature-malformed"),
    ];
    for (change, code) in changes {
        let mut params = params();
        change(&mut params);
        assert_eq!(signed_with(&params).outcome(), Err(code));
    }
    let unwritable = SignatureParams {
        nonce: "n\n0123456789".into(),
        ..params()
    };
    let sent = signed();
    let error = sign(&sent.request(), None, &[], &key(), &unwritable).expect_err("a line break");
    assert_eq!(error.code(), "parameter-unwritable");
}

#[test]
fn fields_that_are_missing_doubled_or_too_long_have_their_codes() {
    let spoil = |change: fn(&mut Sent)| {
        let mut sent = signed();
        change(&mut sent);
        sent.outcome().err()
    };
    assert_eq!(
        spoil(|s| drop(s.headers.remove("signature"))),
        Some("signature-missing")
    );
    assert_eq!(
        spoil(|s| drop(s.headers.remove("signature-input"))),
        Some("signature-missing")
    );
    assert_eq!(
        spoil(|s| s.set("signature", "sig1=:AAAA:")),
        Some("signature-invalid")
    );
    assert_eq!(
        spoil(|s| s.set("signature", "sig1=1")),
        Some("signature-malformed")
    );
    assert_eq!(
        spoil(|s| s.set("signature-input", &format!("sig1=({})", " ".repeat(9000)))),
        Some("signature-malformed")
    );
    assert_eq!(
        spoil(|s| {
            let twice = format!("{0}, {0}", s.get("signature-input"));
            s.set("signature-input", &twice);
        }),
        Some("signature-malformed")
    );
    assert_eq!(
        spoil(|s| {
            let both = format!("{0}, b{0}", s.get("signature-input"));
            s.set("signature-input", &both);
        }),
        Some("signature-ambiguous")
    );
    assert_eq!(
        spoil(|s| {
            let with = s
                .get("signature-input")
                .replace("\"content-type\"", "\"content-type\";sf");
            s.set("signature-input", &with);
        }),
        Some("component-unsupported")
    );
    assert_eq!(
        spoil(|s| {
            let with = s
                .get("signature-input")
                .replace(";created", ";alg=\"hmac-sha256\";created");
            s.set("signature-input", &with);
        }),
        Some("algorithm-unsupported")
    );
}

#[test]
fn a_signature_beside_others_is_found_by_its_tag() {
    let mut sent = signed();
    sent.set(
        "signature-input",
        &format!("proxy=(\"via\");keyid=\"p\", {}", sent.get("signature-input")),
    );
    sent.set("signature", &format!("proxy=:AAAA:, {}", sent.get("signature")));
    assert!(sent.outcome().is_ok());
}

#[test]
fn parameters_in_any_order_and_spacing_are_checked_as_received() {
    // Another sender's order and spacing: what counts is that base and field have the same text.
    let sent = signed();
    let text = "(\"@method\"  \"@authority\" \"@path\" \"@query\" \"content-digest\" \"upload-offset\" )\
                ;tag=\"standing-submission\";x-own=?1;nonce=\"n-0123456789\";keyid=\"authority-1\";alg=\"ed25519\"\
                ;expires=1800000060;created=1799999995";
    let base = format!(
        "\"@method\": PATCH\n\"@authority\": standing.example.org\n\"@path\": /submissions/42\n\
         \"@query\": ?part=1\n\"content-digest\": {}\n\"upload-offset\": 4096\n\"@signature-params\": {text}",
        sent.get("content-digest")
    );
    let signature = http_signatures::SigningKey::sign(&key(), base.as_bytes());
    let hex = |bytes: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(bytes)
    };
    let mut sent = sent;
    sent.set("signature-input", &format!("other = {text}").replace(" = ", "="));
    sent.set("signature", &format!("other=:{}:", hex(&signature)));
    assert_eq!(sent.outcome().as_deref(), Ok("n-0123456789"));
}

/// Every place of a covered component that one byte can be changed at.
fn spoil(sent: &mut Sent, part: usize, at: usize, by: u8) -> bool {
    let change = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = 0x21 + (bytes[at].wrapping_sub(0x21).wrapping_add(by)) % 94;
        String::from_utf8(bytes).expect("ASCII")
    };
    let before = sent.clone();
    match part {
        0 => sent.method = change(&sent.method),
        1 => sent.authority = change(&sent.authority),
        2 => sent.target = change(&sent.target),
        3 => {
            let at = at % sent.body.len();
            sent.body[at] = sent.body[at].wrapping_add(by);
        }
        _ => {
            let name = [
                "content-digest",
                "content-type",
                "upload-offset",
                "signature-input",
                "signature",
            ][part - 4];
            let changed = change(&sent.get(name));
            sent.set(name, &changed);
        }
    }
    // A host name has no case.
    !(sent.authority.eq_ignore_ascii_case(&before.authority) && part == 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_changed_byte_of_what_is_covered_is_refused(part in 0_usize..9, at in 0_usize..4096, by in 1_u8..94) {
        let mut sent = signed();
        if spoil(&mut sent, part, at, by) {
            prop_assert!(sent.outcome().is_err(), "part {part} at {at} by {by}");
        }
    }

    #[test]
    fn hostile_fields_never_panic(
        input in "[ -~]{0,80}", signature in "[ -~]{0,80}", digest in "[ -~]{0,80}", target in "[ -~]{0,20}",
        raw in prop::collection::vec(0x80_u8..=0xff, 0..8),
    ) {
        let mut sent = signed();
        sent.target = target;
        let with = sent.get("signature-input").replace("\"content-type\"", &input);
        for (name, value) in [
            ("signature-input", input), ("signature", signature), ("content-digest", digest),
            ("signature-input", with),
        ] {
            sent.set(name, &value);
            let _ = sent.outcome();
        }
        if let Ok(value) = http::HeaderValue::from_bytes(&raw) {
            sent.headers.insert("signature-input", value.clone());
            let _ = sent.outcome();
            let mut sent = signed();
            sent.headers.insert("upload-offset", value);
            prop_assert!(sent.outcome().is_err());
        }
    }
}
