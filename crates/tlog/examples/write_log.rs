//! Writes a small log as a folder of files, for readers that share no code with this crate.
//!
//! `write_log FOLDER LEAVES SEED_HEX ORIGIN`: leaf i has the data `entry i`. Beside the checkpoint, the tiles and
//! the bundles it writes `log.vkey` and, for the first, middle and last leaf, `receipt-<i>.tlog-proof`.

use std::{collections::BTreeMap, error::Error, fs, path::Path};
use tlog::{Checkpoint, Ed25519Signer, EntriesId, Receipt, TileBuilder, TileId, TileSource, leaf_hash};

fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    Ok(fs::write(path, bytes)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("arguments: FOLDER LEAVES SEED_HEX ORIGIN");
    let (folder, size, seed, origin) = (next()?, next()?.parse::<u64>()?, next()?, next()?);
    let folder = Path::new(&folder);
    let seed: [u8; 32] = hex::decode(seed)?
        .try_into()
        .map_err(|_| "the seed has 32 bytes")?;
    let signer = Ed25519Signer::from_seed(origin.as_str(), &seed)?;

    let entry = |index: u64| format!("entry {index}");
    let leaves: Vec<_> = (0..size)
        .map(|index| leaf_hash(entry(index).as_bytes()))
        .collect();
    let mut builder = TileBuilder::new();
    let mut store: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
    for tile in builder.append(&leaves)? {
        write(folder, &tile.id.to_string(), &tile.bytes)?;
        store.insert(tile.id, tile.bytes);
    }
    for id in EntriesId::all(size) {
        let first = id.index() * 256;
        let entries: Vec<_> = (first..first + u64::from(id.width())).map(entry).collect();
        write(folder, &id.to_string(), &tlog::tile::encode_entries(&entries)?)?;
    }

    let note = Checkpoint::new(origin, size, builder.root())?
        .sign(&[&signer])?
        .to_string();
    write(folder, "checkpoint", note.as_bytes())?;
    write(
        folder,
        "log.vkey",
        format!("{}\n", signer.verifier_key()).as_bytes(),
    )?;
    let mut source = TileSource::new(size, |id: TileId| store.get(&id).cloned().ok_or(std::fmt::Error));
    for index in [0, size / 2, size.saturating_sub(1)]
        .into_iter()
        .filter(|index| *index < size)
    {
        let hashes = tlog::tree::inclusion_proof(&mut source, index, size)?;
        let receipt = Receipt::new(index, hashes, note.as_str())?;
        write(
            folder,
            &format!("receipt-{index}.tlog-proof"),
            receipt.to_string().as_bytes(),
        )?;
    }
    Ok(())
}
