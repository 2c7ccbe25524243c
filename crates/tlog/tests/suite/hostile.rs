//! Whatever comes from outside: random bytes, and valid inputs altered at random. Nothing panics, and whatever is
//! accepted prints back to the very bytes that were read.

use crate::config;
use proptest::{collection::vec, prelude::*};
use tlog::note::Signature;
use tlog::tile::{cut_entries, decode_entries, encode_entries};
use tlog::{Checkpoint, Ed25519Signer, EntriesId, Hash, Note, Receipt, TilePath, VerifierKey};

const ORIGIN: &str = "made-up.example/log";

fn signer() -> Ed25519Signer {
    Ed25519Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn checkpoint() -> String {
    let checkpoint = Checkpoint::new(ORIGIN, 7, Hash([5; 32])).unwrap();
    checkpoint
        .with_extension("more")
        .unwrap()
        .sign(&[&signer()])
        .unwrap()
        .to_string()
}

fn receipt() -> String {
    let receipt = Receipt::new(4, vec![Hash([6; 32]); 3], checkpoint()).unwrap();
    receipt.with_extra(*b"salt").unwrap().to_string()
}

/// Some valid input of every parser here.
fn valid() -> Vec<Vec<u8>> {
    let line = checkpoint().lines().last().unwrap().to_owned();
    let text = Checkpoint::new(ORIGIN, 7, Hash([5; 32])).unwrap().to_string();
    let texts = [
        checkpoint(),
        receipt(),
        signer().verifier_key().to_string(),
        line,
        text,
        "tile/0/x001/x234/067.p/255".to_owned(),
        "tile/entries/273.p/112".to_owned(),
        Hash([5; 32]).to_base64(),
    ];
    let bundle = encode_entries(&[&b"one"[..], b"", b"three"]).unwrap();
    texts
        .into_iter()
        .map(String::into_bytes)
        .chain([bundle])
        .collect()
}

#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    // Bytes that mean something to these formats come more often than others.
    let byte = || {
        prop_oneof![
            any::<u8>(),
            prop::sample::select(b"\n\r\t +=0x/.\xe2\x80\x94\0".to_vec())
        ]
    };
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), byte()).prop_map(|(at, byte)| Change::Set(at, byte)),
        at().prop_map(Change::Remove),
        (at(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        at().prop_map(Change::Cut),
        (at(), at()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

fn altered(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(length)] = *byte,
            Change::Remove(at) => drop(bytes.remove(at.index(length))),
            Change::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Change::Cut(at) => bytes.truncate(at.index(length)),
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(to..to, part);
            }
        }
    }
    bytes
}

/// Gives the bytes to every parser; whatever one accepts must print back to them.
fn try_all(bytes: &[u8]) -> Result<(), TestCaseError> {
    let keys = [signer().verifier_key()];
    if let Ok(note) = Note::parse(bytes) {
        prop_assert!(note.to_string().as_bytes() == bytes);
        // Its verdict is another test's matter; here it only must not panic.
        let _ = note.verify(&keys);
    }
    if let Ok(opened) = Checkpoint::open(bytes, &keys) {
        prop_assert!(bytes.starts_with(opened.checkpoint.to_string().as_bytes()));
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        prop_assert!(receipt.to_string().as_bytes() == bytes);
        prop_assert!(receipt.verify(b"no entry of this log", &keys).is_err());
    }
    for width in [1, 3, 256] {
        let id = EntriesId::new(0, width).unwrap();
        if let Ok(entries) = decode_entries(id, bytes) {
            prop_assert_eq!(encode_entries(&entries).unwrap(), bytes);
        }
        if let Ok(cut) = cut_entries(id, bytes) {
            prop_assert!(decode_entries(id, cut).is_ok());
        }
    }
    let Ok(text) = str::from_utf8(bytes) else {
        return Ok(());
    };
    if let Ok(key) = text.parse::<VerifierKey>() {
        prop_assert_eq!(key.to_string(), text);
    }
    if let Ok(line) = text.parse::<Signature>() {
        prop_assert_eq!(line.to_string(), text);
    }
    if let Ok(checkpoint) = Checkpoint::parse_text(text) {
        prop_assert_eq!(checkpoint.to_string(), text);
    }
    if let Ok(path) = text.parse::<TilePath>() {
        prop_assert_eq!(path.to_string(), text);
    }
    if let Some(hash) = Hash::from_base64(text) {
        prop_assert_eq!(hash.to_base64(), text);
    }
    Ok(())
}

#[test]
fn valid_inputs_are_accepted_and_print_back() {
    for bytes in valid() {
        try_all(&bytes).unwrap();
    }
    assert!(Receipt::parse(receipt().as_bytes()).is_ok());
    assert!(Checkpoint::open(checkpoint().as_bytes(), &[signer().verifier_key()]).is_ok());
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..600)) {
        try_all(&bytes)?;
    }

    #[test]
    fn random_text_never_panics(text in "(c2sp.org/tlog-proof@v1|tile/|index |extra |\u{2014} |[a-z+]{1,9}|[0-9]{1,20}|\n|\n\n|[A-Za-z0-9+/]{43}=|.){0,20}") {
        try_all(text.as_bytes())?;
    }

    #[test]
    fn altered_valid_inputs_never_panic_and_stay_canonical(
        which in any::<prop::sample::Index>(), changes in vec(change(), 1..4)
    ) {
        let valid = valid();
        try_all(&altered(valid[which.index(valid.len())].clone(), &changes))?;
    }

    #[test]
    fn an_altered_checkpoint_never_says_something_else(changes in vec(change(), 1..4)) {
        let original = checkpoint();
        let bytes = altered(original.clone().into_bytes(), &changes);
        let keys = [signer().verifier_key()];
        if let Ok(opened) = Checkpoint::open(&bytes, &keys) {
            // Lines of unknown keys may be added; the text may not change.
            let honest = Checkpoint::open(original.as_bytes(), &keys).unwrap();
            prop_assert_eq!(opened.checkpoint, honest.checkpoint);
        }
    }
}
