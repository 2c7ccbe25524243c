//! The compact text of a credential or presentation: nothing counts but what the issuer and the holder signed.

use std::{collections::BTreeSet, sync::LazyLock};

use sd_jwt::{Algorithm, KeyBinding, VerifyOptions, bind_key, disclosable_claims, present, verify};

use crate::{
    Target, choices,
    people::{NOW, certificate, counting, holder_key, issuer_key, metadata, signed, signing_input},
    seed,
};

/// See [`crate::credentials`].
pub const TARGET: Target = Target {
    name: "credentials",
    run,
    seeds,
    words: &[
        "~",
        "~~",
        ".",
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJFZERTQSJ9",
        "W10",
        "e30",
    ],
};

const VCT: &str = "https://issuer.example/good-standing";
const BINDING: KeyBinding<'static> = KeyBinding {
    audience: "https://verifier.example",
    nonce: "n-0123456789",
    max_age_seconds: 300,
};

/// All that was ever signed.
struct Genuine {
    issued: String,
    bound: String,
    disclosures: BTreeSet<String>,
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let credential = certificate(VCT).holder_key(&holder_key().public_key());
    let issued = credential.sign(&issuer_key(), &mut counting()).unwrap();
    let chosen = present(&issued, &["name", "/list/1"]).unwrap();
    let bound = bind_key(&chosen, &holder_key(), BINDING.audience, BINDING.nonce, NOW).unwrap();
    let disclosures = issued.split('~').skip(1).map(str::to_owned).collect();
    Genuine {
        issued,
        bound,
        disclosures,
    }
});

fn options(asks_for_key: bool) -> VerifyOptions<'static> {
    VerifyOptions {
        algorithms: &[Algorithm::EdDsa, Algorithm::Es256],
        key_binding: asks_for_key.then_some(BINDING),
        ..VerifyOptions::new(NOW, VCT)
    }
}

fn run(bytes: &[u8]) {
    let ([which], rest) = choices(bytes);
    let Ok(text) = str::from_utf8(rest) else { return };
    let asks_for_key = which & 1 == 1;
    // What a holder does with a text never depends on its signature.
    let offered = disclosable_claims(text);
    assert_eq!(
        offered.is_ok(),
        present(text, &[]).is_ok(),
        "what can be seen can be presented"
    );
    let Ok(verified) = verify(text, &metadata(), &options(asks_for_key)) else {
        return;
    };
    let genuine = &*GENUINE;
    let (token, shown) = text.split_once('~').unwrap();
    let issued = genuine.issued.split('~').next().unwrap();
    assert_eq!(
        signing_input(token),
        signing_input(issued),
        "only what the issuer signed verifies"
    );
    let (shown, binding) = shown.rsplit_once('~').unwrap_or(("", shown));
    for one in shown.split('~').filter(|one| !one.is_empty()) {
        assert!(
            genuine.disclosures.contains(one),
            "only what the issuer hid can be shown"
        );
    }
    assert!(
        verified.key_bound || !asks_for_key,
        "a proof that was asked for is there"
    );
    assert_eq!(
        verified.key_bound,
        !binding.is_empty(),
        "a proof is never passed over"
    );
    if verified.key_bound {
        assert_eq!(text, genuine.bound, "a proof holds for one presentation");
    }
    assert_eq!(
        offered.map(|offered| offered.len()).ok(),
        Some(verified.disclosed.len()),
        "what is shown is what can be chosen from"
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let genuine = &*GENUINE;
    let one = present(&genuine.issued, &["/licence/years/without"]).unwrap();
    let unsigned = signed(br#"{"alg":"none","typ":"dc+sd-jwt"}"#, b"{}", &issuer_key());
    vec![
        seed(&[0], &genuine.issued),
        seed(&[0], &genuine.bound),
        seed(&[1], &genuine.bound),
        seed(&[0], one),
        seed(&[0], format!("{unsigned}~")),
    ]
}
