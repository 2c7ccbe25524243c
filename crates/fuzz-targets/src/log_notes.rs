//! Signed notes, the checkpoints in them, and the keys that verify them.

use tlog::{Checkpoint, Ed25519Signer, Note, VerifierKey, leaf_hash};

use crate::{Target, choices, seed};

/// See [`crate::log_notes`].
pub const TARGET: Target = Target {
    name: "log_notes",
    run,
    seeds,
    words: &[
        "\n\n\u{2014} ",
        "\u{2014} ",
        "made-up.example/log",
        "\n0\n",
        "+73549e89+",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ],
};

const ORIGIN: &str = "made-up.example/log";

fn log() -> Ed25519Signer {
    Ed25519Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness() -> Ed25519Signer {
    Ed25519Signer::from_seed("witness.example", &[2; 32]).unwrap()
}

/// The one checkpoint that the log has signed.
fn checkpoint() -> Checkpoint {
    let checkpoint = Checkpoint::new(ORIGIN, 1, leaf_hash(b"leaf 0")).unwrap();
    checkpoint.with_extension("more").unwrap()
}

fn run(bytes: &[u8]) {
    let ([which, place], rest) = choices(bytes);
    match which % 3 {
        0 => note(rest),
        1 => key(rest),
        _ => signed_here(rest, place),
    }
}

fn note(bytes: &[u8]) {
    let keys = [log().verifier_key(), witness().verifier_key()];
    let note = Note::parse(bytes);
    if let Ok(note) = &note {
        assert_eq!(note.to_string().as_bytes(), bytes, "a note prints as it was read");
        if note.verify(&keys).is_ok() {
            assert_eq!(
                note.text(),
                checkpoint().to_string(),
                "only what was signed verifies"
            );
        }
    }
    if let Ok(opened) = Checkpoint::open(bytes, &keys) {
        assert_eq!(
            opened.checkpoint,
            checkpoint(),
            "only what was signed is believed"
        );
    }
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(checkpoint) = Checkpoint::parse_text(text)
    {
        assert_eq!(checkpoint.to_string(), text, "a checkpoint prints as it was read");
    }
}

fn key(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text, "a key prints as it was read");
    }
}

/// What can be a note can be signed, and counts until a byte of it is another.
fn signed_here(bytes: &[u8], place: u8) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(mut note) = Note::new(text) else { return };
    note.sign(&log()).unwrap();
    let keys = [log().verifier_key()];
    let mut printed = note.to_string().into_bytes();
    let back = Note::parse(&printed).expect("a signed note reads");
    assert_eq!(back, note, "a note reads as it was written");
    assert!(back.verify(&keys).is_ok(), "a signature holds");
    let place = usize::from(place) * 31 % printed.len();
    printed[place] ^= 1;
    assert!(
        Note::parse(&printed).and_then(|note| note.verify(&keys)).is_err(),
        "a changed byte is noticed"
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let signed = checkpoint().sign(&[&log(), &witness()]).unwrap().to_string();
    let empty = Checkpoint::new(ORIGIN, 0, tlog::Hash::EMPTY_ROOT)
        .unwrap()
        .to_string();
    vec![
        seed(&[0, 0], signed),
        seed(&[0, 0], empty),
        seed(&[1, 0], log().verifier_key().to_string()),
        seed(
            &[1, 0],
            "made-up.example/log+8ebfa909+BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
        ),
        seed(&[2, 9], "text\n\nof two paragraphs\n"),
    ]
}
