//! How much of a file is taken at once. Every reader keeps to these, so memory is bounded whatever is sent.
//! Nothing an authority files in earnest comes near them.

/// The longest cell, in characters: what a spreadsheet cell of long text holds in earnest.
pub const CELL_CHARS: usize = 16_384;

/// The most columns a file may have.
pub const COLUMNS: usize = 1_000;

/// The longest row or JSON line, in bytes as sent.
pub const ROW_BYTES: usize = 1 << 20;

/// The most entries in the archive that a spreadsheet is.
pub const ARCHIVE_ENTRIES: usize = 2_000;

/// The most bytes that one sheet may unpack to. It is read as a stream, so this bounds time rather than memory.
pub const SHEET_BYTES: u64 = 256 << 20;

/// The most bytes that the table of shared texts may unpack to; it is held in memory while the sheet is read.
pub const SHARED_TEXT_BYTES: u64 = 24 << 20;

/// The most bytes that any other part of a spreadsheet may unpack to.
pub const PART_BYTES: u64 = 4 << 20;

/// The most bytes that all parts of a spreadsheet together may unpack to.
pub const ARCHIVE_BYTES: u64 = 320 << 20;

/// How many times its packed size an archive may unpack to, once past [`RATIO_FROM_BYTES`]. Sheets of
/// ordinary rows stay under 40.
pub const RATIO: u64 = 200;

/// From how many unpacked bytes [`RATIO`] is looked at.
pub const RATIO_FROM_BYTES: u64 = 4 << 20;

/// The longest run of text or single tag inside a part of a spreadsheet, in bytes.
pub const XML_TOKEN_BYTES: u64 = 256 << 10;

/// The longest cell or shared text of a spreadsheet with all its tags, in bytes.
pub const XML_CELL_BYTES: u64 = 1 << 20;
