//! Sealed data, and the file of the installation's secret.

use std::{fs, os::unix::fs::OpenOptionsExt as _};

use keys::{DataKey, Place, SealError, open_keystore};
use tempfile::TempDir;
use testkit::SeededRandomness;

use crate::{Target, choices, seed};

/// See [`crate::sealed_data`].
pub const TARGET: Target = Target {
    name: "sealed_data",
    run,
    seeds,
    words: &["standing installation secret v1", "\n", "0123456789abcdefABCDEF"],
};

const HERE: Place<'static> = Place {
    table: "person",
    column: "sealed_identity",
    row: &[b"row"],
};

fn key() -> DataKey {
    DataKey::from_bytes(&[7; 32])
}

fn sealed(plain: &[u8]) -> Vec<u8> {
    key().seal(&HERE, plain, &SeededRandomness::new(1)).unwrap()
}

fn run(bytes: &[u8]) {
    let ([which, place], rest) = choices(bytes);
    match which % 3 {
        0 => as_it_came(rest),
        1 => sealed_here(rest, usize::from(place)),
        _ => secret(rest),
    }
}

/// Nothing opens but what was sealed.
fn as_it_came(bytes: &[u8]) {
    let opened = key().open(&HERE, bytes);
    assert_eq!(
        opened.is_ok(),
        bytes == sealed(b"content"),
        "nothing opens but what was sealed"
    );
    assert!(key().unwrap_key(&HERE, bytes).is_err(), "what is no key is none");
}

fn sealed_here(plain: &[u8], place: usize) {
    let mut sealed = sealed(plain);
    assert_eq!(sealed.len(), plain.len() + 28, "a seal takes 28 bytes");
    assert!(
        key().open(&HERE, &sealed).is_ok_and(|opened| opened == plain),
        "what was sealed opens"
    );
    assert_eq!(
        key().unwrap_key(&HERE, &sealed).is_ok(),
        plain.len() == 32,
        "a key has 32 bytes"
    );
    let elsewhere = Place {
        row: &[b"r", b"ow"],
        ..HERE
    };
    assert_eq!(
        key().open(&elsewhere, &sealed),
        Err(SealError::DoesNotOpen),
        "a seal opens in its place"
    );
    let place = place % sealed.len();
    assert!(
        key().open(&HERE, &sealed[..place]).is_err(),
        "what is cut does not open"
    );
    sealed[place] ^= 1 << (place % 8);
    assert_eq!(
        key().open(&HERE, &sealed),
        Err(SealError::DoesNotOpen),
        "a changed bit is noticed"
    );
}

/// The file of the secret: its header and 64 hexadecimal digits, blanks around them aside.
fn secret(text: &[u8]) {
    thread_local! {
        static FOLDER: TempDir = tempfile::tempdir().unwrap();
    }
    let opened = FOLDER.with(|folder| {
        let file = folder.path().join("installation.key");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut out = options.open(&file).unwrap();
        std::io::Write::write_all(&mut out, text).unwrap();
        open_keystore(&file)
    });
    let shaped = || {
        let digits = str::from_utf8(text)
            .ok()?
            .strip_prefix("standing installation secret v1")?
            .trim();
        Some(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if opened.is_ok() && text.len() <= 1024 {
        assert_eq!(shaped(), Some(true), "a secret is 64 hexadecimal digits");
    } else if text.len() <= 1024 {
        assert_ne!(shaped(), Some(true), "64 hexadecimal digits are a secret");
    }
}

fn seeds() -> Vec<Vec<u8>> {
    vec![
        seed(&[0, 0], sealed(b"content")),
        seed(&[1, 3], b"content"),
        seed(&[1, 3], [9; 32]),
        seed(
            &[2, 0],
            format!("standing installation secret v1\n{}\n", "0a".repeat(32)),
        ),
    ]
}
