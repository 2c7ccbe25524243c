//! Tiles as the store keeps them: one row a level and place, its last version. Every earlier version is a
//! prefix of it.

use storage::{Param, Tx};
use tlog::{EntriesId, HashSource, TileBuilder, TileId, TileSource, tile::TileSourceError};

use super::integrate::widest;
use crate::RegistryError;

/// Writes a tile over its earlier versions.
pub(super) fn put(tx: &mut dyn Tx, id: TileId, bytes: &[u8]) -> Result<(), RegistryError> {
    let (level, place) = widest(id);
    tx.execute(
        "INSERT INTO log_tile (level, place, hashes) VALUES ($1, $2, $3) \
         ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes",
        &[Param::Int(level), Param::Int(place), Param::Blob(bytes)],
    )?;
    Ok(())
}

/// A tile at exactly the width asked for, or nothing if it is not stored that wide.
pub(super) fn get(tx: &mut dyn Tx, id: TileId) -> Result<Option<Vec<u8>>, RegistryError> {
    let (level, place) = widest(id);
    let rows = tx.query(
        "SELECT hashes FROM log_tile WHERE level = $1 AND place = $2",
        &[Param::Int(level), Param::Int(place)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let stored = row.blob()?;
    Ok(id.cut(&stored).map(<[u8]>::to_vec))
}

fn need(tx: &mut dyn Tx, id: TileId) -> Result<Vec<u8>, RegistryError> {
    get(tx, id)?.ok_or_else(|| {
        RegistryError::Log(format!(
            "the tile at level {}, place {} is missing",
            id.level(),
            id.index()
        ))
    })
}

/// The tree of `size` leaves, to be gone on with.
pub(super) fn resume(tx: &mut dyn Tx, size: u64) -> Result<TileBuilder, RegistryError> {
    TileBuilder::resume(size, |id| need(tx, id)).map_err(|error| RegistryError::Log(chain(&error)))
}

/// The hashes of a tree of `size` leaves, read from its tiles.
pub(super) fn source(
    tx: &mut dyn Tx,
    size: u64,
) -> impl HashSource<Error = TileSourceError<RegistryError>> + '_ {
    TileSource::new(size, move |id| need(tx, id))
}

/// A bundle of entries at exactly the width asked for, or nothing if there are not so many leaves.
pub(super) fn entries(tx: &mut dyn Tx, id: EntriesId) -> Result<Option<Vec<u8>>, RegistryError> {
    let first = id.index() as i64 * i64::from(tlog::tile::TILE_WIDTH);
    let rows = tx.query(
        "SELECT entry FROM log_leaf WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf",
        &[Param::Int(first), Param::Int(first + i64::from(id.width()))],
    )?;
    if rows.len() != usize::from(id.width()) {
        return Ok(None);
    }
    let entries: Vec<Vec<u8>> = rows
        .into_iter()
        .map(|mut row| row.blob())
        .collect::<Result<_, _>>()?;
    let bundle =
        tlog::tile::encode_entries(&entries).map_err(|error| RegistryError::Log(error.to_string()))?;
    Ok(Some(bundle))
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
