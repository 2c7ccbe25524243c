//! The paths of tiles, and bundles of entries.

use tlog::{
    EntriesId, TileId, TilePath,
    tile::{MAX_PATH_BYTES, cut_entries, decode_entries, encode_entries},
};

use crate::{Target, choices, seed};

/// See [`crate::log_tiles`].
pub const TARGET: Target = Target {
    name: "log_tiles",
    run,
    seeds,
    words: &["tile/", "entries/", "x001/", ".p/", "/000", "255", "x999/"],
};

fn run(bytes: &[u8]) {
    let ([which, width], rest) = choices(bytes);
    if which & 1 == 0 {
        path(rest);
    } else if let Some(id) = EntriesId::new(0, u16::from(width) + 1) {
        entries(id, rest);
    }
}

fn path(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(path) = text.parse::<TilePath>() else {
        return;
    };
    assert_eq!(path.to_string(), text, "a path prints as it was read");
    assert!(text.len() <= MAX_PATH_BYTES, "a path is short");
    if let TilePath::Hashes(id) = path {
        assert_eq!(
            TileId::new(id.level(), id.index(), id.width()),
            Some(id),
            "a path names a tile of some tree"
        );
    }
}

fn entries(id: EntriesId, bundle: &[u8]) {
    let decoded = decode_entries(id, bundle);
    if let Ok(entries) = &decoded {
        assert_eq!(
            entries.len(),
            usize::from(id.width()),
            "a bundle has as many entries as its name says"
        );
        let again = encode_entries(entries);
        assert_eq!(again.as_deref(), Ok(bundle), "a bundle is written as it was read");
    }
    match cut_entries(id, bundle) {
        Ok(cut) => {
            assert!(
                bundle.starts_with(cut),
                "an older bundle is the beginning of a later one"
            );
            assert!(decode_entries(id, cut).is_ok(), "what was cut is a bundle");
        }
        Err(_) => assert!(decoded.is_err(), "a whole bundle can be cut"),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let paths = [
        "tile/0/000",
        "tile/0/x001/x234/067.p/1",
        "tile/7/000.p/127",
        "tile/entries/273.p/112",
        "tile/entries/x001/000",
    ];
    let mut seeds: Vec<Vec<u8>> = paths.iter().map(|path| seed(&[0, 0], path)).collect();
    seeds.push(seed(&[1, 2], b"\x00\x02ab\x00\x00\x00\x01c"));
    seeds.push(seed(&[1, 0], b"\x00\x02ab\x00\x00"));
    seeds
}
