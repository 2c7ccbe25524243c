//! Behind the signature: claims and disclosures as given, signed here. An issuer may be wrong, or no friend of
//! the verifier's.
//!
//! The first line is the payload, each further line a disclosure. In all of them `#1`, `#2`, … stand for the
//! digests of the further lines, so that disclosures can lie in each other.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sd_jwt::{Algorithm, MAX_DEPTH, VerifyOptions, disclosable_claims, present, verify};
use serde_json::{Map, Value};

use crate::{
    Target, choices,
    people::{NOW, issuer_key, metadata, signed},
    seed,
};

/// See [`crate::credential_claims`].
pub const TARGET: Target = Target {
    name: "credential_claims",
    run,
    seeds,
    words: &[
        "\"_sd\":[\"#1\"]",
        "{\"...\":\"#1\"}",
        "\"_sd_alg\":\"sha-256\"",
        "\"#2\"",
        "[\"s\",\"name\",",
        "[\"s\",",
        "\"iss\":\"https://issuer.example\"",
        "\"vct\":\"v\"",
        "\"exp\":",
        "\"nbf\":",
        "\"iat\":",
        "\"cnf\":{\"jwk\":",
        "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"",
        "\"status\":{\"status_list\":{\"idx\":0,\"uri\":\"u\"}}",
        "1e400",
        "9223372036854775807",
        "-9223372036854775808",
        "\\ud800",
        "[[[[",
        "~1",
        "~0",
        "/",
    ],
};

/// More disclosures than this are left out.
const LINES: usize = 12;

fn digest(text: &str) -> String {
    BASE64.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}

/// Puts the digests of the disclosures after `line` in the places that name them.
fn filled(line: &str, number: usize, digests: &[String]) -> String {
    let mut line = line.to_owned();
    for (place, digest) in digests.iter().enumerate().skip(number) {
        line = line.replace(&format!("#{}", place + 1), digest);
    }
    line
}

fn text_of(input: &str, header: &[u8]) -> String {
    let mut lines = input.split('\n').take(LINES);
    let payload = lines.next().unwrap_or_default();
    let lines: Vec<&str> = lines.collect();
    // From the last to the first: a disclosure can hold those that come after it.
    let (mut texts, mut digests) = (vec![String::new(); lines.len()], vec![String::new(); lines.len()]);
    for number in (0..lines.len()).rev() {
        texts[number] = BASE64.encode(filled(lines[number], number + 1, &digests));
        digests[number] = digest(&texts[number]);
    }
    let mut text = signed(header, filled(payload, 0, &digests).as_bytes(), &issuer_key());
    text.push('~');
    for one in texts {
        text.push_str(&one);
        text.push('~');
    }
    text
}

fn options() -> VerifyOptions<'static> {
    VerifyOptions {
        algorithms: &[Algorithm::EdDsa],
        vct: None,
        ..VerifyOptions::new(NOW, "")
    }
}

fn run(bytes: &[u8]) {
    let ([which], rest) = choices(bytes);
    let Ok(input) = str::from_utf8(rest) else { return };
    // Whose header is odd is refused by its header; that is looked at by the credentials.
    let header = match which & 1 {
        0 => &br#"{"alg":"EdDSA","typ":"dc+sd-jwt"}"#[..],
        _ => br#"{"alg":"EdDSA","typ":"dc+sd-jwt","kid":"other"}"#,
    };
    let text = text_of(input, header);
    let Ok(verified) = verify(&text, &metadata(), &options()) else {
        return;
    };
    assert_eq!(which & 1, 0, "a key that is not the issuer's is no key");
    format_is_gone(&verified.claims, 0);
    assert!(
        verified.expires_at.is_none_or(|at| at > NOW - 60)
            && verified.not_before.is_none_or(|at| at <= NOW + 60),
        "times hold"
    );
    let count = verified.disclosed.len();
    assert_eq!(
        count,
        text.matches('~').count() - 1,
        "no disclosure is passed over"
    );

    let offered = disclosable_claims(&text).expect("what verifies can be chosen from");
    let pointers: Vec<&str> = offered.iter().map(|one| one.pointer.as_str()).collect();
    let all = present(&text, &pointers).expect("all can be chosen");
    assert_eq!(all, text, "to choose all is to change nothing");
    let none = present(&text, &[]).expect("nothing can be chosen");
    let bare = verify(&none, &metadata(), &options()).expect("what shows less still verifies");
    assert!(bare.disclosed.is_empty(), "what was not chosen is not shown");
    let kept = |name: &String| verified.claims.contains_key(name);
    assert!(bare.claims.keys().all(kept), "a disclosure replaces no claim");
}

/// Nothing of the format itself is left in the claims, and they nest no deeper than they may.
fn format_is_gone(claims: &Map<String, Value>, depth: usize) {
    for name in ["_sd", "...", "_sd_alg"] {
        assert!(!claims.contains_key(name), "{name} is no claim");
    }
    claims.values().for_each(|value| walk(value, depth + 1));
}

fn walk(value: &Value, depth: usize) {
    assert!(depth <= MAX_DEPTH + 1, "claims nest no deeper than they may");
    match value {
        Value::Object(members) => format_is_gone(members, depth),
        Value::Array(list) => list.iter().for_each(|value| walk(value, depth + 1)),
        _ => {}
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let claims = concat!(
        r##"{"iss":"https://issuer.example","vct":"v","iat":1767225600,"exp":1798761600,"_sd":["#1","#2"],"##,
        r##""_sd_alg":"sha-256","list":["a",{"...":"#3"}],"status":{"status_list":{"idx":7,"uri":"u"}}}"##,
        "\n[\"s\",\"name\",\"测\"]\n[\"s\",\"licence\",{\"_sd\":[\"#4\"],\"y\":1}]\n[\"s\",{\"a/b\":[[]]}]\n[\"s\",\"x~\",null]",
    );
    let bound = concat!(
        r#"{"iss":"https://issuer.example","vct":"v","nbf":1,"cnf":{"jwk":{"kty":"OKP","crv":"Ed25519","#,
        r#""x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}}"#,
    );
    vec![seed(&[0], claims), seed(&[0], bound), seed(&[1], bound)]
}
