//! Prints a presentation with the keys and the status list token, as JSON, for the tests with other
//! implementations. The argument says what its verifier should find: `valid`, `tampered` or `revoked`.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

#[path = "../tests/common/mod.rs"]
mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use common::{ISSUER, LIST_URI, NOW, VCT, credential, holder_key, issuer_key, metadata, seeded};
use sd_jwt::{Bits, Status, StatusList, StatusListToken, bind_key, present};
use serde_json::json;

const REVOKED: u64 = 4711;
const VALID: u64 = 90_210;
const AUDIENCE: &str = "https://verifier.example";
const NONCE: &str = "n-0S6_WzA2Mj";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut list = StatusList::new(Bits::One, 131_072)?;
    list.set(REVOKED, Status::Invalid)?;
    let token = StatusListToken {
        issuer: ISSUER,
        uri: LIST_URI,
        issued_at: NOW,
        expires_at: NOW + 86_400,
        ttl_seconds: 43_200,
    };
    let token = token.sign(&list, &issuer_key())?;

    let presentation = |index: u64| -> Result<String, Box<dyn std::error::Error>> {
        let text = credential(index)
            .claim("languages", json!(["zh", "en"]))
            .disclosable_part("/languages/1")
            .holder_key(&holder_key().public_key())
            .decoys(3)
            .sign(&issuer_key(), &mut seeded(index))?;
        let text = present(&text, &["name", "profession", "in_force", "/languages/1"])?;
        Ok(bind_key(&text, &holder_key(), AUDIENCE, NONCE, NOW)?)
    };
    let valid = presentation(VALID)?;
    // Another name in place of the signed one: well in form, but it belongs to no digest.
    let only_name = present(&valid, &["name"])?;
    let signed_name = only_name.split('~').nth(1).ok_or("no disclosure")?;
    let other_name = BASE64.encode(r#"["c2FsdHNhbHRzYWx0c2FsdA","name","张三"]"#);

    let text = match std::env::args().nth(1).as_deref() {
        Some("valid") => valid,
        Some("tampered") => valid.replace(signed_name, &other_name),
        Some("revoked") => presentation(REVOKED)?,
        _ => return Err("say which: valid, tampered or revoked".into()),
    };
    let case = json!({
        "compact": text, "jwks": metadata().jwks, "issuer": ISSUER, "vct": VCT, "now": NOW + 60,
        "status_list_token": token, "status_list_uri": LIST_URI, "audience": AUDIENCE, "nonce": NONCE,
        "expected": {"name": "李四", "profession": "engineer", "in_force": false, "languages": ["zh", "en"]},
    });
    println!("{case}");
    Ok(())
}
