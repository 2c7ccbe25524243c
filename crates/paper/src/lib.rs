//! What is printed, and what is read back from print.
//!
//! - [`certificate_pdf`]: a certificate as an A4 page in Chinese and English, or two, with the compact text as
//!   a QR code and as an attached file;
//! - [`records_pdf`]: everything that is held about a person, as a document to keep;
//! - [`read_back`]: the compact text out of a PDF, a photo of the QR code, or pasted text.
//!
//! This crate knows nothing of the other rooms: sheets are plain strings, and whether a text that was read
//! back is a valid certificate is for `sd-jwt` to say.
//!
//! # Specifications
//! - PDF 1.7 as PDF/A-3a ([ISO 19005-3](https://www.iso.org/standard/57229.html)): archival, with an
//!   attached file, and PDF/UA-1 ([ISO 14289-1](https://www.iso.org/standard/64599.html)): tagged, with
//!   language, outline and title.
//! - QR code ([ISO/IEC 18004](https://www.iso.org/standard/83389.html)): byte mode, error correction L.
//! - The compact text is the SD-JWT form of
//!   [RFC 9901, section 4](https://www.rfc-editor.org/rfc/rfc9901#section-4).
//!
//! # Characters
//! Names must print. Each character takes the first font that has it: the main face (Noto Sans CJK SC),
//! then the further fonts in their order. A character that no font has is printed as its code point in
//! brackets, `[U+2CEB2]`, never as a box; copying it still gives the character, and [`Fonts::missing`]
//! counts such characters beforehand.
//!
//! # Out of scope
//! Right-to-left and complex scripts, kerning, vertical text; PDF signatures (the certificate carries its
//! own); reading encrypted PDFs, and scans in PDF that are not JPEG.
//!
//! # Limits
//! Input to read back: 8 MiB, 40 million pixels. Compact text: 64 KiB pasted or attached, 2,953 bytes in
//! a QR code; a longer one is printed without the code.

mod canvas;
mod certificate;
mod code;
mod error;
mod fonts;
mod lines;
mod read;
mod records;
mod sheet;
mod words;

pub use certificate::certificate_pdf;
pub use error::PaperError;
pub use fonts::{Face, FontSource, Fonts};
pub use read::{Found, MAX_COMPACT_BYTES, MAX_INPUT_BYTES, MAX_PIXELS, Source, read_back};
pub use records::records_pdf;
pub use sheet::{ATTACHMENT_NAME, CertificateSheet, Languages, Line, RecordsSheet, Section, Text};
