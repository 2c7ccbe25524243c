//! Status lists: the packed bits, however much they would unpack to, and the tokens that carry them.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use miniz_oxide::deflate::compress_to_vec_zlib;
use sd_jwt::{
    Algorithm, Bits, MAX_LIST_BYTES, Status, StatusList, StatusListError, StatusListToken, StatusReference,
    VerifiedStatusList, VerifyError, verify_status_list,
};

use crate::{
    Target, choices,
    people::{ISSUER, LIST, NOW, issuer_key, metadata, signed, signing_input},
    seed,
};

/// See [`crate::status_lists`].
pub const TARGET: Target = Target {
    name: "status_lists",
    run,
    seeds,
    words: &[
        "eN",
        "\"iat\":",
        "\"exp\":",
        "\"ttl\":",
        "\"sub\":\"https://issuer.example/status/1\"",
        "\"status_list\":{\"bits\":1,\"lst\":\"",
        "\"iss\":\"https://issuer.example\"",
        "9223372036854775807",
        "18446744073709551615",
    ],
};

static GENUINE: LazyLock<String> = LazyLock::new(|| {
    let mut list = StatusList::new(Bits::One, 1_000).unwrap();
    list.set(7, Status::Invalid).unwrap();
    let token = StatusListToken {
        issuer: ISSUER,
        uri: LIST,
        issued_at: NOW,
        expires_at: NOW + 600,
        ttl_seconds: 60,
    };
    token.sign(&list, &issuer_key()).unwrap()
});

fn verified(token: &str) -> Result<VerifiedStatusList, VerifyError> {
    verify_status_list(token, LIST, ISSUER, &metadata(), &[Algorithm::EdDsa], NOW, 60)
}

fn run(bytes: &[u8]) {
    let ([which], rest) = choices(bytes);
    let bits = [Bits::One, Bits::Two, Bits::Four, Bits::Eight][usize::from(which >> 3) % 4];
    match which % 5 {
        0 => str::from_utf8(rest)
            .into_iter()
            .for_each(|text| packed(bits, text)),
        1 => packed(bits, &BASE64.encode(rest)),
        2 => packed(bits, &BASE64.encode(compress_to_vec_zlib(rest, 1))),
        3 => str::from_utf8(rest).into_iter().for_each(token),
        _ => claims(rest),
    }
}

fn packed(bits: Bits, text: &str) {
    let list = match StatusList::from_lst(bits, text) {
        Ok(list) => list,
        Err(fault) => return assert!(!fault.code().is_empty()),
    };
    holds(&list);
    assert_eq!(
        StatusList::from_lst(bits, &list.to_lst()).as_ref(),
        Ok(&list),
        "a list reads as it was written"
    );
}

/// A list has an answer for each of its places, and for no other.
fn holds(list: &StatusList) {
    let mut entries = 0;
    let most = MAX_LIST_BYTES as u64 * 8;
    let ends = |place| matches!(list.status(place), Err(StatusListError::OutOfRange { .. }));
    // How many places there are, by halves: an answer, then none.
    for bit in (0..=most.ilog2()).rev() {
        if !ends(entries + (1 << bit) - 1) {
            entries += 1 << bit;
        }
    }
    assert!(
        (1..=most).contains(&entries),
        "a list is neither empty nor too large"
    );
    assert!(
        list.status(entries - 1).is_ok() && ends(entries) && ends(u64::MAX),
        "a list ends"
    );
    let widest = u8::MAX >> (8 - list.bits().count());
    let narrow =
        (0..entries.min(64)).all(|place| list.status(place).is_ok_and(|status| status.number() <= widest));
    assert!(narrow, "a status fits its bits");
}

fn token(text: &str) {
    if verified(text).is_ok() {
        assert_eq!(
            signing_input(text),
            signing_input(&GENUINE),
            "only what the issuer signed counts"
        );
    }
}

/// The claims as given, signed here.
fn claims(payload: &[u8]) {
    let token = signed(
        br#"{"alg":"EdDSA","typ":"statuslist+jwt"}"#,
        payload,
        &issuer_key(),
    );
    let Ok(read) = verified(&token) else { return };
    assert_eq!(
        (read.uri.as_str(), read.issuer.as_str()),
        (LIST, ISSUER),
        "a list is the one asked for"
    );
    assert!(
        read.issued_at <= NOW + 60 && read.expires_at.is_none_or(|end| end > NOW - 60),
        "times hold"
    );
    assert!(
        read.usable_until(NOW) <= read.expires_at || read.expires_at.is_none(),
        "no list outlives itself"
    );
    holds(&read.list);
    let other = StatusReference {
        uri: "https://issuer.example/status/2".into(),
        index: 0,
    };
    assert_eq!(
        read.status_at(&other),
        Err(StatusListError::OtherList),
        "a list speaks for itself alone"
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let bomb = BASE64.encode(compress_to_vec_zlib(&vec![0; MAX_LIST_BYTES + 1], 9));
    let payload = GENUINE.split('.').nth(1).unwrap();
    vec![
        // The example of draft-ietf-oauth-status-list, section 4.1.
        seed(&[0], "eNrbuRgAAhcBXQ"),
        seed(&[0], bomb),
        seed(&[1], compress_to_vec_zlib(b"\x00\xff\x10", 6)),
        seed(&[2 + 8], b"\x00\xff\x10"),
        seed(&[3], GENUINE.as_str()),
        seed(&[4], BASE64.decode(payload).unwrap()),
    ]
}
