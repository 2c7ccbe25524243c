//! Reading back: the compact text out of whatever a person has at hand.

mod locate;
mod pdf;
mod photo;

use std::borrow::Cow;

use crate::PaperError;

/// The most bytes that are read: 8 MiB.
pub const MAX_INPUT_BYTES: usize = 8 * 1024 * 1024;

/// The most pixels of a picture: 40 million.
pub const MAX_PIXELS: u64 = 40_000_000;

/// The longest compact text that is taken: 64 KiB.
pub const MAX_COMPACT_BYTES: usize = 64 * 1024;

/// Where a compact text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Attached to a PDF.
    PdfAttachment,
    /// A QR code in a picture within a PDF, such as a scan.
    PdfPicture,
    /// A QR code in a PNG.
    Png,
    /// A QR code in a JPEG.
    Jpeg,
    /// A QR code in a WebP.
    WebP,
    /// The text itself.
    Text,
}

/// A compact text that was read back. Nothing of it is checked but its alphabet, and of a pasted text that clearly was one
/// not even that: whoever checks it says that it was altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The compact SD-JWT text, without blanks.
    pub compact: String,
    /// Where it was.
    pub source: Source,
}

/// Reads a compact text back from a PDF, a PNG, JPEG or WebP picture of its QR code, or the text itself.
/// What it is shows in the content, never in a file name.
///
/// # Errors
/// [`PaperError::TooLarge`], [`PaperError::UnknownFormat`], [`PaperError::Damaged`],
/// [`PaperError::NothingFound`], [`PaperError::SeveralFound`], [`PaperError::Encrypted`].
pub fn read_back(bytes: &[u8]) -> Result<Found, PaperError> {
    if bytes.len() > MAX_INPUT_BYTES {
        return Err(PaperError::TooLarge);
    }
    // PDF allows some bytes before its mark.
    if bytes
        .get(..1024.min(bytes.len()))
        .is_some_and(|head| find(head, b"%PDF-").is_some())
    {
        return pdf::read(bytes);
    }
    let picture = match image::guess_format(bytes) {
        Ok(image::ImageFormat::Png) => Some((image::ImageFormat::Png, Source::Png)),
        Ok(image::ImageFormat::Jpeg) => Some((image::ImageFormat::Jpeg, Source::Jpeg)),
        Ok(image::ImageFormat::WebP) => Some((image::ImageFormat::WebP, Source::WebP)),
        _ => None,
    };
    match picture {
        Some((format, source)) => photo::read(bytes, format).map(|compact| Found { compact, source }),
        None => text(bytes),
    }
}

fn text(bytes: &[u8]) -> Result<Found, PaperError> {
    // What is no UTF-8 may be a certificate's text with a few bytes of something else in it.
    let text = String::from_utf8_lossy(bytes);
    // Mail and word processors break long lines, and leave marks that nobody sees.
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .collect();
    if compact.len() > MAX_COMPACT_BYTES {
        return Err(match text {
            Cow::Borrowed(_) => PaperError::TooLarge,
            Cow::Owned(_) => PaperError::UnknownFormat,
        });
    }
    if !is_compact(&compact) && !is_rest(&compact) && !is_spoilt(&compact) {
        return Err(PaperError::UnknownFormat);
    }
    Ok(Found {
        compact,
        source: Source::Text,
    })
}

/// Whether a text has the alphabet and the dots of a compact SD-JWT (RFC 9901, section 4): three base64url
/// parts joined by dots, then parts each after a tilde.
pub(crate) fn is_compact(text: &str) -> bool {
    let base64url = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let (jwt, rest) = text.split_once('~').unwrap_or((text, ""));
    let parts: Vec<&str> = jwt.splitn(4, '.').collect();
    parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && base64url(part))
        && rest.split(['~', '.']).all(base64url)
}

/// Whether a text may be what is left of a compact one that was cut short or damaged: the alphabet, the beginning of a
/// header, and a dot. Whoever checks it says so.
fn is_rest(text: &str) -> bool {
    text.starts_with(HEADER_BEGINS) && text.contains('.') && text.chars().all(is_ours)
}

/// Whether a text clearly was a compact one before characters came in that don't belong: few among many, in what has
/// the dots and the beginning of a header or payload.
fn is_spoilt(text: &str) -> bool {
    let foreign = text.chars().filter(|c| !is_ours(*c)).count();
    let ours = text.chars().count() - foreign;
    ours >= CLEARLY
        && foreign * FEW <= ours
        && text
            .split('.')
            .take(3)
            .any(|part| part.starts_with(HEADER_BEGINS))
}

/// How an object of JSON begins in base64url, as header and payload do.
const HEADER_BEGINS: &str = "eyJ";

/// How many characters of the alphabet a text needs to be clearly one: fewer than the header alone of any certificate.
const CLEARLY: usize = 64;

/// Of how many characters one may be foreign.
const FEW: usize = 16;

/// Whether a character may stand in a compact text.
const fn is_ours(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

/// Marks without a form of their own: the soft hyphen, joiners and byte-order marks. They change nothing that is signed.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The first place of a pattern.
fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_with_line_breaks_and_a_byte_order_mark_is_joined() {
        let found = read_back("\u{feff}  abc.def.ghi~jkl\r\n mno~\n".as_bytes()).unwrap();
        assert_eq!(
            found,
            Found {
                compact: "abc.def.ghi~jklmno~".into(),
                source: Source::Text
            }
        );
    }

    #[test]
    fn the_rest_of_a_text_that_was_cut_short_is_read_and_other_words_are_not() {
        for rest in ["eyJhbGciOiJFUzI1NiJ9.eyJ", "eyJh.eyJi.", "eyJh.eyJi.c.d~e"] {
            assert_eq!(read_back(rest.as_bytes()).unwrap().compact, rest);
        }
        for other in ["eyJhbGciOiJFUzI1NiJ9", "eyJh.王", "eyJh.eyJi/", "x.eyJi"] {
            assert_eq!(read_back(other.as_bytes()).unwrap_err().code(), "unknown-format");
        }
    }

    #[test]
    fn a_text_that_clearly_was_one_is_read_with_what_came_into_it() {
        let part = |length: usize| "Ab0-_".repeat(length / 5);
        let text = format!("eyJ{}.eyJ{}.{}~{}~", part(60), part(400), part(80), part(40));
        let places = [0, 1, 4, 63, 64, 300, text.len() / 2, text.len() - 1, text.len()];
        for at in places {
            for foreign in ["é", "王", "，", "/", "=", "（注）", "\u{fffd}"] {
                let spoilt = format!("{}{foreign}{}", &text[..at], &text[at..]);
                assert_eq!(
                    read_back(spoilt.as_bytes()).unwrap().compact,
                    spoilt,
                    "{foreign} at {at}"
                );
                if at < text.len() {
                    let swapped = format!("{}{foreign}{}", &text[..at], &text[at + 1..]);
                    assert_eq!(read_back(swapped.as_bytes()).unwrap().compact, swapped);
                }
            }
            // A byte of another encoding, and marks that are not seen.
            let bytes = [&text.as_bytes()[..at], b"\xcd", &text.as_bytes()[at..]].concat();
            assert!(read_back(&bytes).unwrap().compact.contains('\u{fffd}'), "{at}");
            let marked = format!("{}\u{200b}\u{ad}{}", &text[..at], &text[at..]);
            assert_eq!(
                read_back(marked.as_bytes()).unwrap().compact,
                text,
                "they change nothing"
            );
        }
        // Many are not a few, and a letter with a dot in it is none.
        let many: String = text.chars().flat_map(|c| ['王', c]).collect();
        let letter = format!("{}。{}", "Dear.reader,".repeat(40), part(100));
        for other in [many, letter, format!("{}王", part(400))] {
            assert_eq!(read_back(other.as_bytes()).unwrap_err().code(), "unknown-format");
        }
    }

    #[test]
    fn other_text_and_other_formats_are_unknown() {
        for bytes in [
            &b""[..],
            b"hello",
            b"a.b",
            "王.明.华".as_bytes(),
            b"GIF89a\0\0",
            b"\xff\xfe\x00",
        ] {
            assert_eq!(read_back(bytes).unwrap_err().code(), "unknown-format");
        }
    }

    #[test]
    fn more_than_the_limit_is_refused_before_it_is_read() {
        assert_eq!(
            read_back(&vec![b'a'; MAX_INPUT_BYTES + 1]).unwrap_err().code(),
            "too-large"
        );
        let long = format!("a.b.{}", "c".repeat(MAX_COMPACT_BYTES));
        assert_eq!(read_back(long.as_bytes()).unwrap_err().code(), "too-large");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_bytes_panic(
            head in prop::sample::select(vec![
                &b""[..], b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x10\0\0\0WEBPVP8 ",
                b"%PDF-1.7 1 0 obj <</Type/EmbeddedFile/Filter/FlateDecode>> stream\n",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..600),
        ) {
            let _ = read_back(&[head, &rest].concat());
        }
    }
}
