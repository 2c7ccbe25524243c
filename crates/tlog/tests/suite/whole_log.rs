//! A log in memory, written as a server would, read whole, and broken in every way.

use std::collections::BTreeMap;
use tlog::tile::{EntriesError, encode_entries};
use tlog::tree::inclusion_proof;
use tlog::verify::LogFault;
use tlog::{
    Checkpoint, Ed25519Signer, EntriesId, Hash, LogReader, Receipt, TileBuilder, TileId, TileSource,
    VerifierKey, leaf_hash, verify_log,
};

const ORIGIN: &str = "made-up.example/log";

fn signer() -> Ed25519Signer {
    Ed25519Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn keys() -> [VerifierKey; 1] {
    [signer().verifier_key()]
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The files of a log by path.
#[derive(Clone)]
struct Log(BTreeMap<String, Vec<u8>>);

impl Log {
    fn of(size: u64) -> Self {
        let mut files = BTreeMap::new();
        let leaves: Vec<_> = (0..size).map(|index| leaf_hash(&entry(index))).collect();
        let mut builder = TileBuilder::new();
        for tile in builder.append(&leaves).unwrap() {
            files.insert(tile.id.to_string(), tile.bytes);
        }
        for id in EntriesId::all(size) {
            let first = id.index() * 256;
            let entries: Vec<_> = (first..first + u64::from(id.width())).map(entry).collect();
            files.insert(id.to_string(), encode_entries(&entries).unwrap());
        }
        let mut log = Self(files);
        log.sign(size, builder.root());
        log
    }

    fn sign(&mut self, size: u64, root: Hash) {
        let note = Checkpoint::new(ORIGIN, size, root)
            .unwrap()
            .sign(&[&signer()])
            .unwrap();
        self.0.insert("checkpoint".into(), note.to_string().into_bytes());
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| format!("no {path}"))
    }

    fn fault(&mut self) -> LogFault<String> {
        verify_log(self, &keys()).unwrap_err()
    }
}

impl LogReader for Log {
    type Error = String;

    fn checkpoint(&mut self) -> Result<Vec<u8>, String> {
        self.read("checkpoint")
    }

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, String> {
        self.read(&id.to_string())
    }

    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, String> {
        self.read(&id.to_string())
    }
}

#[test]
fn a_sound_log_of_any_shape_is_proved_and_every_file_of_it_read() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 700, 65_536, 70_000] {
        let mut log = Log::of(size);
        let summary = verify_log(&mut log, &keys()).unwrap();
        assert_eq!(summary.opened.checkpoint.size(), size);
        assert_eq!(summary.tiles, TileId::all(size).count() as u64);
        assert_eq!(
            summary.tiles + summary.bundles + 1,
            log.0.len() as u64,
            "{size} leaves"
        );
    }
}

#[test]
fn a_tree_of_70_000_has_exactly_the_specified_files() {
    let log = Log::of(70_000);
    let tiles: Vec<_> = log
        .0
        .keys()
        .filter(|path| !path.contains("entries") && *path != "checkpoint")
        .collect();
    let at = |prefix: &str, partial: bool| {
        let of_level = tiles.iter().filter(|path| path.starts_with(prefix));
        of_level
            .filter(|path| path.contains(".p/") == partial)
            .map(|path| path.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(at("tile/0/", false).len(), 273);
    assert_eq!(at("tile/0/", true), ["tile/0/273.p/112"]);
    assert_eq!(at("tile/1/", false), ["tile/1/000"]);
    assert_eq!(at("tile/1/", true), ["tile/1/001.p/17"]);
    assert_eq!(at("tile/2/", false).len(), 0);
    assert_eq!(at("tile/2/", true), ["tile/2/000.p/1"]);
    assert_eq!(tiles.len(), 277);
}

#[test]
fn any_altered_byte_of_a_small_log_is_noticed() {
    let sound = Log::of(259);
    for (path, bytes) in sound.0.clone() {
        let mut broken = sound.clone();
        for place in 0..bytes.len() {
            broken.0.get_mut(&path).unwrap()[place] ^= 0x40;
            assert!(
                verify_log(&mut broken, &keys()).is_err(),
                "byte {place} of {path}"
            );
            broken.0.get_mut(&path).unwrap()[place] ^= 0x40;
        }
        verify_log(&mut broken, &keys()).unwrap();
    }
}

#[test]
fn a_missing_file_is_named() {
    let sound = Log::of(70_000);
    for path in [
        "checkpoint",
        "tile/0/100",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/007",
    ] {
        let mut broken = sound.clone();
        broken.0.remove(path);
        assert_eq!(broken.fault().to_string(), format!("could not read {path}"));
    }
}

#[test]
fn an_altered_hash_is_named_to_the_leaf() {
    let sound = Log::of(70_000);
    for (path, byte, position, first_leaf) in [
        ("tile/0/005", 32 * 9, 9, 1289),
        ("tile/1/001.p/17", 32, 1, 65_792),
        ("tile/2/000.p/1", 31, 0, 0),
    ] {
        let mut broken = sound.clone();
        broken.0.get_mut(path).unwrap()[byte] ^= 1;
        let fault = broken.fault();
        assert_eq!(fault.code(), "log-tile-differs");
        let LogFault::TileHash {
            tile,
            position: at,
            first_leaf: leaf,
            ..
        } = fault
        else {
            panic!("{fault:?}");
        };
        assert_eq!(
            (tile.to_string().as_str(), at, leaf),
            (path, position, first_leaf)
        );
    }
}

#[test]
fn an_altered_entry_shows_in_its_tile() {
    let mut broken = Log::of(700);
    let bundle = broken.0.get_mut("tile/entries/001").unwrap();
    *bundle.last_mut().unwrap() ^= 1;
    let LogFault::TileHash {
        tile,
        position: 255,
        first_leaf: 511,
        ..
    } = broken.fault()
    else {
        panic!("another fault");
    };
    assert_eq!(tile.to_string(), "tile/0/001");
}

#[test]
fn a_file_of_another_length_is_named() {
    let mut broken = Log::of(700);
    broken.0.get_mut("tile/0/001").unwrap().pop();
    assert_eq!(broken.fault().to_string(), "tile/0/001 has 8191 bytes, not 8192");
    let mut broken = Log::of(700);
    broken.0.get_mut("tile/entries/001").unwrap().push(0);
    let LogFault::Entries {
        fault: EntriesError::Trailing {
            bytes: 1,
            expected: 256,
        },
        ..
    } = broken.fault()
    else {
        panic!("another fault");
    };
}

#[test]
fn a_signed_root_of_other_entries_is_noticed() {
    let mut broken = Log::of(700);
    broken.sign(700, Hash([7; 32]));
    assert_eq!(broken.fault().code(), "log-root-differs");
    let mut shorter = Log::of(700);
    shorter.sign(699, Hash([7; 32]));
    assert_eq!(shorter.fault().code(), "log-unreadable");
}

#[test]
fn another_logs_key_proves_nothing() {
    let stranger = Ed25519Signer::from_seed("other.example/log", &[1; 32]).unwrap();
    let fault = verify_log(&mut Log::of(3), &[stranger.verifier_key()]).unwrap_err();
    assert_eq!(fault.code(), "note-not-trusted");
}

#[test]
fn every_leaf_of_a_log_has_a_receipt_that_verifies() {
    let log = Log::of(700);
    let checkpoint = String::from_utf8(log.0["checkpoint"].clone()).unwrap();
    let mut source = TileSource::new(700, |id: TileId| log.read(&id.to_string()));
    for index in 0..700 {
        let proof = inclusion_proof(&mut source, index, 700).unwrap();
        let receipt = Receipt::new(index, proof, checkpoint.clone())
            .unwrap()
            .to_string();
        let opened = Receipt::parse(receipt.as_bytes())
            .unwrap()
            .verify(&entry(index), &keys())
            .unwrap();
        assert_eq!(opened.checkpoint.size(), 700);
        let other = Receipt::parse(receipt.as_bytes())
            .unwrap()
            .verify(&entry(index + 1), &keys());
        assert!(other.is_err());
    }
}
