//! The paths of tiles and bundles below a log's prefix, and the one way to write each.

use super::{EntriesId, TILE_WIDTH, TileId};
use std::{fmt, str::FromStr};

/// The longest path there is: 63-bit indexes take seven groups.
pub const MAX_PATH_BYTES: usize = 64;

/// What a path below a log's prefix names, beside `checkpoint`.
///
/// `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, where N is written in groups of three digits, all but
/// the last with an `x` before them. Printing gives the only text that parses to the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TilePath {
    /// A tile of hashes.
    Hashes(TileId),
    /// A bundle of entries.
    Entries(EntriesId),
}

/// Why a text is not the path of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Longer than any path.
    #[error("a tile's path has at most {MAX_PATH_BYTES} bytes")]
    TooLong,
    /// Not of the form.
    #[error("a tile's path is tile/<level or entries>/<index>[.p/<width>]")]
    Form,
    /// The level isn't a decimal number without leading zeros.
    #[error("the level is `entries` or a number without leading zeros")]
    Level,
    /// The index isn't in groups of three digits, or has more groups than it needs.
    #[error("the index is written in groups of three digits, all but the last with an x before them")]
    Index,
    /// The width isn't a number from 1 to 255 without leading zeros.
    #[error("the width of a partial tile is a number from 1 to 255 without leading zeros")]
    Width,
    /// No tree of any allowed size has this tile.
    #[error("no tree has this tile")]
    NoTree,
}

impl FromStr for TilePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.len() > MAX_PATH_BYTES {
            return Err(PathError::TooLong);
        }
        let rest = text.strip_prefix("tile/").ok_or(PathError::Form)?;
        let (level, rest) = rest.split_once('/').ok_or(PathError::Form)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, decimal(width).ok_or(PathError::Width)?),
            None => (rest, TILE_WIDTH.into()),
        };
        // A full tile is written without a width.
        let partial = rest.len() != index.len();
        if width == 0 || (partial && width >= u64::from(TILE_WIDTH)) {
            return Err(PathError::Width);
        }
        let width = u16::try_from(width).map_err(|_| PathError::Width)?;
        let index = parse_index(index)?;
        if level == "entries" {
            return EntriesId::new(index, width)
                .map(Self::Entries)
                .ok_or(PathError::NoTree);
        }
        let level = u8::try_from(decimal(level).ok_or(PathError::Level)?).map_err(|_| PathError::NoTree)?;
        TileId::new(level, index, width)
            .map(Self::Hashes)
            .ok_or(PathError::NoTree)
    }
}

/// A decimal number without leading zeros, sign or blanks.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok()
}

fn parse_index(text: &str) -> Result<u64, PathError> {
    let mut index: u64 = 0;
    let groups = text.split('/').count();
    for (place, group) in text.split('/').enumerate() {
        let digits = if place + 1 == groups {
            Some(group)
        } else {
            group.strip_prefix('x')
        };
        let digits = digits.filter(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()));
        let value: u64 = digits
            .and_then(|digits| digits.parse().ok())
            .ok_or(PathError::Index)?;
        if place == 0 && groups > 1 && value == 0 {
            return Err(PathError::Index);
        }
        index = index
            .checked_mul(1000)
            .and_then(|index| index.checked_add(value))
            .ok_or(PathError::NoTree)?;
    }
    Ok(index)
}

fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    if index >= 1000 {
        write_leading(f, index / 1000)?;
    }
    write!(f, "{:03}", index % 1000)
}

fn write_leading(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    if index >= 1000 {
        write_leading(f, index / 1000)?;
    }
    write!(f, "x{:03}/", index % 1000)
}

fn write_tail(f: &mut fmt::Formatter<'_>, tile: TileId) -> fmt::Result {
    write_index(f, tile.index())?;
    if tile.is_full() {
        Ok(())
    } else {
        write!(f, ".p/{}", tile.width())
    }
}

impl fmt::Display for TileId {
    /// The tile's path below the log's prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level())?;
        write_tail(f, *self)
    }
}

impl fmt::Display for EntriesId {
    /// The bundle's path below the log's prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_tail(f, self.0)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes(tile) => tile.fmt(f),
            Self::Entries(bundle) => bundle.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(level: u8, index: u64, width: u16) -> TilePath {
        TilePath::Hashes(TileId::new(level, index, width).unwrap())
    }

    fn entries(index: u64, width: u16) -> TilePath {
        TilePath::Entries(EntriesId::new(index, width).unwrap())
    }

    #[test]
    fn each_tile_has_one_path() {
        for (path, value) in [
            ("tile/0/000", tile(0, 0, 256)),
            ("tile/0/999", tile(0, 999, 256)),
            ("tile/0/x001/000", tile(0, 1000, 256)),
            ("tile/0/x001/x234/067", tile(0, 1_234_067, 256)),
            ("tile/0/x001/x234/067.p/1", tile(0, 1_234_067, 1)),
            ("tile/7/000.p/127", tile(7, 0, 127)),
            ("tile/entries/273.p/112", entries(273, 112)),
            ("tile/entries/x001/000", entries(1000, 256)),
        ] {
            assert_eq!(path.parse(), Ok(value));
            assert_eq!(value.to_string(), path);
        }
    }

    #[test]
    fn any_other_writing_is_refused() {
        use PathError::{Form, Index, Level, NoTree, TooLong, Width};
        for (path, fault) in [
            ("", Form),
            ("checkpoint", Form),
            ("tile/", Form),
            ("tile/0", Form),
            ("/tile/0/000", Form),
            ("tile/00/000", Level),
            ("tile/+1/000", Level),
            ("tile//000", Level),
            ("tile/data/000", Level),
            ("tile/8/000", NoTree),
            ("tile/63/000", NoTree),
            ("tile/256/000", NoTree),
            ("tile/0/", Index),
            ("tile/0/0", Index),
            ("tile/0/0000", Index),
            ("tile/0/000/", Index),
            ("tile/0/x000", Index),
            ("tile/0/x000/001", Index),
            ("tile/0/001/002", Index),
            ("tile/0/x001/x002", Index),
            ("tile/0/x01/002", Index),
            ("tile/0/xx01/002", Index),
            ("tile/0/../002", Index),
            ("tile/0/+01", Index),
            ("tile/0/٠٠١", Index),
            ("tile/0/000.p/0", Width),
            ("tile/0/000.p/01", Width),
            ("tile/0/000.p/256", Width),
            ("tile/0/000.p/", Width),
            ("tile/0/000.p/1/", Width),
            ("tile/0/000.p/1.p/1", Width),
            ("tile/0/000.p", Index),
            ("tile/0/x999/x999/x999/x999/x999/x999/999", NoTree),
            ("tile/7/000", NoTree),
            ("tile/entries/x999/x999/x999/x999/x999/999", NoTree),
            (&"tile/0/000".repeat(7), TooLong),
        ] {
            assert_eq!(path.parse::<TilePath>(), Err(fault), "{path}");
        }
    }

    proptest! {
        #![proptest_config(crate::tests_config())]

        #[test]
        fn what_is_printed_parses_back(level in 0u8..8, index: u64, width in 1u16..=256, shift in 0u32..64) {
            if let Some(id) = TileId::new(level, index >> shift, width) {
                prop_assert_eq!(id.to_string().parse(), Ok(TilePath::Hashes(id)));
                prop_assert!(id.to_string().len() <= MAX_PATH_BYTES);
            }
            if let Some(id) = EntriesId::new(index >> shift, width) {
                prop_assert_eq!(id.to_string().parse(), Ok(TilePath::Entries(id)));
                prop_assert!(id.to_string().len() <= MAX_PATH_BYTES);
            }
        }

        #[test]
        fn what_parses_prints_back(path in "tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
            if let Ok(value) = path.parse::<TilePath>() {
                prop_assert_eq!(value.to_string(), path);
            }
        }
    }
}
