//! The attached compact text of a PDF.
//!
//! A certificate's PDF may have been saved again by other programs, so its tables of contents can't be
//! relied on; and a stranger's PDF may lie in them. So nothing of the document's structure is followed: the
//! file is walked once from front to end, and every stream whose dictionary says that it is an embedded
//! file is unpacked, with a bound, and looked at. Embedded files are never inside other streams
//! (ISO 32000-1, section 7.5.7), so this misses none. A PDF that only holds a scan is searched for JPEG
//! pictures of the QR code.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::{Found, MAX_COMPACT_BYTES, MAX_PIXELS, Source, find, is_compact, photo};
use crate::PaperError;

/// How much of the bytes before a stream is taken for its dictionary.
const MAX_DICTIONARY: usize = 4096;

/// How many pictures of a scan are tried.
const MAX_PICTURES: usize = 4;

/// How many embedded files are unpacked.
const MAX_EMBEDDED: usize = 64;

/// A stream of a PDF: its dictionary and what follows up to `endstream`.
struct Stream<'a> {
    dictionary: &'a [u8],
    data: &'a [u8],
}

impl Stream<'_> {
    fn says(&self, name: &[u8]) -> bool {
        // The name must end there: /EmbeddedFile isn't /EmbeddedFiles.
        let mut rest = self.dictionary;
        while let Some(at) = find(rest, name) {
            rest = &rest[at + name.len()..];
            if rest.first().is_none_or(|next| !next.is_ascii_alphanumeric()) {
                return true;
            }
        }
        false
    }

    /// The unpacked bytes, if they are within the bound and packed in a known way.
    fn unpacked(&self) -> Option<Vec<u8>> {
        if self.says(b"/FlateDecode") {
            return decompress_to_vec_zlib_with_limit(self.data, MAX_COMPACT_BYTES).ok();
        }
        (!self.says(b"/Filter") && self.data.len() <= MAX_COMPACT_BYTES).then(|| self.data.to_vec())
    }
}

/// The streams of a PDF from front to end, each byte looked at a bounded number of times.
struct Streams<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Streams<'a> {
    type Item = Stream<'a>;

    fn next(&mut self) -> Option<Stream<'a>> {
        loop {
            let from = self.at;
            let keyword = from + find(self.bytes.get(from..)?, b"stream")?;
            self.at = keyword + b"stream".len();
            let before = self.bytes[from..keyword].trim_ascii_end();
            let line_end = match self.bytes.get(self.at..)? {
                [b'\r', b'\n', ..] => 2,
                [b'\n' | b'\r', ..] => 1,
                _ => continue,
            };
            if !before.ends_with(b">>") {
                continue;
            }
            let dictionary = &before[before.len().saturating_sub(MAX_DICTIONARY)..];
            // What stands before this object's own start belongs to others.
            let dictionary = dictionary
                .windows(3)
                .rposition(|window| window == b"obj")
                .map_or(dictionary, |start| &dictionary[start..]);
            let data = &self.bytes[self.at + line_end..];
            let length = find(data, b"endstream").unwrap_or(data.len());
            self.at += line_end + length;
            return Some(Stream {
                dictionary,
                data: &data[..length],
            });
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Found, PaperError> {
    let mut found: Option<String> = None;
    let mut pictures = Vec::new();
    let embedded = Streams { bytes, at: 0 }
        .filter(|stream| {
            if stream.says(b"/DCTDecode") && pictures.len() < MAX_PICTURES {
                pictures.push(stream.data);
            }
            stream.says(b"/EmbeddedFile")
        })
        .take(MAX_EMBEDDED);
    for stream in embedded {
        let Some(text) = stream.unpacked().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            continue;
        };
        let text = text.trim();
        if !is_compact(text) {
            continue;
        }
        if found.as_ref().is_some_and(|other| other != text) {
            return Err(PaperError::SeveralFound);
        }
        found = Some(text.to_owned());
    }
    if let Some(compact) = found {
        return Ok(Found {
            compact,
            source: Source::PdfAttachment,
        });
    }
    if find(bytes, b"/Encrypt").is_some() {
        return Err(PaperError::Encrypted);
    }
    // All of them together have as many pixels as one photo may.
    let mut pixels = MAX_PIXELS;
    for picture in pictures {
        pixels = match pixels.checked_sub(photo::pixels(picture).unwrap_or(MAX_PIXELS)) {
            Some(left) => left,
            None => break,
        };
        if let Ok(compact) = photo::read(picture, image::ImageFormat::Jpeg) {
            return Ok(Found {
                compact,
                source: Source::PdfPicture,
            });
        }
    }
    Err(PaperError::NothingFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn pdf(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        for (number, (dictionary, data)) in streams.iter().enumerate() {
            bytes.extend(format!("{number} 0 obj\n<<{dictionary}>>\nstream\n").bytes());
            bytes.extend_from_slice(data);
            bytes.extend(b"\nendstream\nendobj\n");
        }
        bytes
    }

    #[test]
    fn packed_and_plain_attachments_are_read() {
        let packed = compress_to_vec_zlib(b"a.b.c~", 6);
        for (dictionary, data) in [
            ("/Type/EmbeddedFile /Filter /FlateDecode", packed.as_slice()),
            ("/Type /EmbeddedFile /Length 6", b"a.b.c~"),
        ] {
            let found = read(&pdf(&[("/Length 3", b"q Q"), (dictionary, data)])).unwrap();
            assert_eq!(
                (found.compact.as_str(), found.source),
                ("a.b.c~", Source::PdfAttachment)
            );
        }
    }

    #[test]
    fn two_different_certificates_in_one_pdf_are_refused() {
        let name = "/Type/EmbeddedFile";
        let error = read(&pdf(&[(name, b"a.b.c~"), (name, b"a.b.d~")])).unwrap_err();
        assert_eq!(error.code(), "several-found");
        assert!(read(&pdf(&[(name, b"a.b.c~"), (name, b"a.b.c~")])).is_ok());
    }

    #[test]
    fn a_stream_that_unpacks_without_end_is_passed_over() {
        let bomb = compress_to_vec_zlib(&vec![b'a'; 64 * 1024 * 1024], 6);
        let name = "/Type/EmbeddedFile/Filter/FlateDecode";
        assert_eq!(read(&pdf(&[(name, &bomb)])).unwrap_err().code(), "nothing-found");
    }

    #[test]
    fn an_encrypted_pdf_says_so() {
        let mut bytes = pdf(&[("/Type/EmbeddedFile", b"\x80\x81")]);
        bytes.extend(b"trailer <</Encrypt 9 0 R>>");
        assert_eq!(read(&bytes).unwrap_err().code(), "pdf-encrypted");
    }

    #[test]
    fn many_empty_streams_are_walked_in_linear_time() {
        let bytes = [b"%PDF-1.7\n".as_slice(), &b">>stream\n".repeat(900_000)].concat();
        assert_eq!(read(&bytes).unwrap_err().code(), "nothing-found");
    }
}
