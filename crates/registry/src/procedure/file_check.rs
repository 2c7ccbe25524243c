//! What a file is, by its content and never by its name: the marks at its beginning, and as much of its structure as
//! shows that it is whole.

use model::procedure::FileKind;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// It is none of the kinds that are taken, or is cut short.
    #[error("the file is no whole PDF, PNG or JPEG, or of a kind that is not taken")]
    KindUnknown,
    /// There are more files than are taken.
    #[error("there are too many files; at most {most} are taken")]
    TooMany {
        /// How many are taken.
        most: u32,
    },
    /// It is longer than is taken.
    #[error("the file is too long; at most {most} bytes are taken")]
    TooLong {
        /// How many bytes are taken.
        most: u64,
    },
    /// There is nothing in it.
    #[error("there is nothing in the file")]
    Empty,
}

impl FileFault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KindUnknown => "file-kind-unknown",
            Self::TooMany { .. } => "files-too-many",
            Self::TooLong { .. } => "file-too-long",
            Self::Empty => "file-empty",
        }
    }
}

/// What a file is, by its content, and as much of it as is that, if it is whole and of a kind that is taken at all.
///
/// Phones write a film, a second picture or notes of their own behind the end of a JPEG. That is no part of the picture,
/// nobody who is shown it sees it, and it may be a file of any other kind: it is not kept.
pub fn whole(bytes: &[u8]) -> Option<(FileKind, &[u8])> {
    if is_pdf(bytes) {
        Some((FileKind::Pdf, bytes))
    } else if is_png(bytes) {
        Some((FileKind::Png, bytes))
    } else {
        Some((FileKind::Jpeg, jpeg(bytes)?))
    }
}

/// How far from its end a reader looks for the end of a PDF (ISO 32000-1, annex H, note 18).
const PDF_TAIL: usize = 1_024;

fn is_pdf(bytes: &[u8]) -> bool {
    let [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', ..] = bytes else {
        return false;
    };
    let tail = &bytes[bytes.len().saturating_sub(PDF_TAIL)..];
    let find = |within: &[u8], wanted: &[u8]| within.windows(wanted.len()).rposition(|part| part == wanted);
    let Some(end) = find(tail, b"%%EOF") else {
        return false;
    };
    let Some(start) = find(&tail[..end], b"startxref") else {
        return false;
    };
    let number = tail[start + b"startxref".len()..end].trim_ascii();
    let place = std::str::from_utf8(number)
        .ok()
        .and_then(|text| text.parse::<usize>().ok());
    place.is_some_and(|place| 0 < place && place < bytes.len())
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Walks the chunks (ISO/IEC 15948, 5.3): a header first, image data, an end, and nothing after it.
fn is_png(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(PNG) else {
        return false;
    };
    let (mut first, mut image) = (true, false);
    loop {
        let Some(([a, b, c, d, kind @ ..], after)) = rest.split_first_chunk::<8>() else {
            return false;
        };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        // Behind the data stand four bytes of check sum.
        let Some(next) = length.checked_add(4).and_then(|length| after.get(length..)) else {
            return false;
        };
        match kind {
            b"IHDR" if first => {
                let zero = |part: &[u8]| part.iter().all(|byte| *byte == 0);
                if length != 13 || zero(&after[..4]) || zero(&after[4..8]) {
                    return false;
                }
            }
            _ if first => return false,
            b"IDAT" => image = true,
            b"IEND" => return length == 0 && image && next.is_empty(),
            _ => {}
        }
        first = false;
        rest = next;
    }
}

/// Walks the segments and scans (ITU-T T.81, annex B) to the end of the image: a frame with a size comes before the first
/// scan. Answers the bytes as far as that end. Pictures within segments, such as a small one for lists, are passed over.
fn jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    let (mut frame, mut shown) = (false, false);
    while let [0xff, marker, after @ ..] = rest {
        let segment = match marker {
            // A marker may be filled up in front.
            0xff => {
                rest = &rest[1..];
                continue;
            }
            0xd9 => return shown.then(|| &bytes[..bytes.len() - after.len()]),
            // What has no length, or is reserved, stands between no segments.
            0x00..=0xbf | 0xd0..=0xd8 => return None,
            _ => {
                let (length, behind) = after.split_first_chunk()?;
                let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
                rest = behind.get(length..)?;
                &behind[..length]
            }
        };
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let [_, h1, h2, w1, w2, ..] = segment else {
                    return None;
                };
                // Without a height the first scan tells it, which no picture of a camera or scanner does. There is one
                // frame.
                if frame || (*h1, *h2) == (0, 0) || (*w1, *w2) == (0, 0) {
                    return None;
                }
                frame = true;
            }
            0xda if frame => {
                let length = scan(rest)?;
                rest = &rest[length..];
                shown = true;
            }
            0xda => return None,
            _ => {}
        }
    }
    None
}

/// How long the coded data of a scan are: up to the first marker that is neither a stuffed byte nor a restart (B.1.1.5).
fn scan(data: &[u8]) -> Option<usize> {
    let marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7);
    data.windows(2).position(marker).filter(|length| *length > 0)
}

#[cfg(test)]
pub(super) mod samples {
    use super::PNG;

    pub(crate) fn pdf() -> Vec<u8> {
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n".to_vec()
    }

    pub(crate) fn png() -> Vec<u8> {
        let mut bytes = PNG.to_vec();
        for (kind, data) in [
            (b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0][..]),
            (b"IDAT", &[1, 2, 3]),
            (b"IEND", &[]),
        ] {
            bytes.extend((data.len() as u32).to_be_bytes());
            bytes.extend(kind);
            bytes.extend(data);
            bytes.extend([0; 4]);
        }
        bytes
    }

    pub(crate) fn jpeg() -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab".to_vec();
        bytes.extend(b"\xff\xc0\x00\x09\x08\x00\x01\x00\x01\x01\x00");
        bytes.extend(b"\xff\xda\x00\x03\x00\x11\x22\x33\xff\xd9");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use samples::{jpeg, pdf, png};

    fn kind_of(bytes: &[u8]) -> Option<FileKind> {
        whole(bytes).map(|(kind, _)| kind)
    }

    const FRAME: &[u8] = b"\xff\xc0\x00\x09\x08\x00\x01\x00\x01\x01\x00";
    const SCAN: &[u8] = b"\xff\xda\x00\x03\x00\x11\x22\x33";

    #[test]
    fn what_phones_write_behind_a_picture_is_cut_off() {
        let page = &b"<html><script>alert(1)</script></html>"[..];
        let behind: [&[u8]; 7] = [
            page,
            b"PK\x03\x04",
            b"\x00\x00\x00\x18ftypmp42",
            b"\x00\x00\x00",
            b"\xff\xd9",
            &jpeg(),
            &[page, b"\xff\xd9"].concat(),
        ];
        for more in behind {
            let bytes = [&jpeg(), more].concat();
            assert_eq!(whole(&bytes), Some((FileKind::Jpeg, &jpeg()[..])), "{more:?}");
        }
    }

    #[test]
    fn a_pictures_end_is_found_through_segments_scans_and_restarts() {
        // A small picture in a segment has an end of its own; so has what is stuffed into a comment.
        let small = [&b"\xff\xe1\x00\x0a"[..], b"\xff\xd8\xff\xda\x33\x44\xff\xd9"].concat();
        let comment = b"\xff\xfe\x00\x06\xff\xd9\xff\xd9";
        let restarts = b"\xff\x00\x01\xff\xd0\x02\xff\xd7\x03\xff\x00";
        let second = b"\xff\xc4\x00\x04ab\xff\xda\x00\x03\x00\x44";
        let picture = [
            b"\xff\xd8",
            &small[..],
            comment,
            FRAME,
            SCAN,
            restarts,
            second,
            b"\xff\xff\xff\xd9",
        ]
        .concat();
        let bytes = [&picture[..], b"a film\xff\xd9"].concat();
        assert_eq!(whole(&bytes), Some((FileKind::Jpeg, &picture[..])));
        for length in 0..picture.len() {
            assert_eq!(kind_of(&picture[..length]), None, "{length}");
        }
    }

    #[test]
    fn what_only_looks_like_a_picture_is_not_taken() {
        let end = &b"\xff\xd9"[..];
        for (why, parts) in [
            ("no scan", [FRAME, b"", end]),
            ("a scan before its frame", [SCAN, FRAME, end]),
            ("two frames", [FRAME, &[FRAME, SCAN].concat(), end]),
            ("no coded data", [FRAME, b"\xff\xda\x00\x03\x00", end]),
            ("no end", [FRAME, SCAN, b""]),
            ("a beginning within", [FRAME, &[SCAN, b"\xff\xd8"].concat(), end]),
            (
                "no height",
                [b"\xff\xc0\x00\x09\x08\x00\x00\x00\x01\x01\x00", SCAN, end],
            ),
            ("a frame too short", [b"\xff\xc0\x00\x04\x08\x00", SCAN, end]),
            (
                "a length of nothing",
                [FRAME, &[b"\xff\xe0\x00\x01", SCAN].concat(), end],
            ),
            (
                "a length past the end",
                [FRAME, SCAN, b"\xff\xe0\xff\xff\xff\xd9"],
            ),
            (
                "a page between segments",
                [FRAME, &[b"<html>", SCAN].concat(), end],
            ),
            ("a reserved marker", [FRAME, &[SCAN, b"\xff\x01"].concat(), end]),
        ] {
            let bytes = [b"\xff\xd8", parts[0], parts[1], parts[2]].concat();
            assert_eq!(kind_of(&bytes), None, "{why}");
        }
        assert_eq!(
            kind_of(&[b"\xff\xd8", FRAME, SCAN, end].concat()),
            Some(FileKind::Jpeg)
        );
        // The coded data of a large file are gone through once.
        let long = [b"\xff\xd8", FRAME, SCAN, &[0xff, 0x00].repeat(5_000_000)[..]].concat();
        assert_eq!(kind_of(&long), None);
    }

    #[test]
    fn whole_files_are_known_by_their_content() {
        assert_eq!(kind_of(&pdf()), Some(FileKind::Pdf));
        assert_eq!(kind_of(&png()), Some(FileKind::Png));
        assert_eq!(kind_of(&jpeg()), Some(FileKind::Jpeg));
    }

    #[test]
    fn what_is_cut_short_anywhere_is_not_taken() {
        for whole in [png(), jpeg()] {
            for length in 0..whole.len() {
                assert_eq!(kind_of(&whole[..length]), None, "{length}");
            }
        }
        let pdf = pdf();
        for length in 0..pdf.len() - 1 {
            assert_eq!(kind_of(&pdf[..length]), None, "{length}");
        }
    }

    #[test]
    fn another_kind_behind_a_beginning_is_not_taken() {
        let page = b"<html><script>alert(1)</script></html>";
        for start in [&b"%PDF-1.7\n"[..], PNG, b"\xff\xd8\xff\xe0"] {
            let bytes = [start, page].concat();
            assert_eq!(kind_of(&bytes), None);
        }
        for bytes in [&b""[..], b"MZ\x90\x00", b"PK\x03\x04", page, b"GIF89a"] {
            assert_eq!(kind_of(bytes), None);
        }
        assert_eq!(
            kind_of(&[png(), page.to_vec()].concat()),
            None,
            "nothing follows the end"
        );
    }
}
