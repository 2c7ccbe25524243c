//! Character encodings: UTF-8 and GB18030 (GB 18030-2005 as in the [WHATWG Encoding Standard](https://encoding.spec.whatwg.org/#gb18030)),
//! of which GBK and GB 2312 are parts. What the bytes say comes first (a byte-order mark), then what the
//! sender or the profile names; only then are the whole bytes tried in both, and the one with fewer faults is
//! taken. A byte that cannot be decoded is always a fault, never U+FFFD in a record.

use std::{
    io::{self, Read, Seek, SeekFrom},
    str::FromStr,
};

use encoding_rs::{DecoderResult, GB18030};

use crate::{FaultCode, FileFault};

/// The encodings that are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// GB18030, with GBK and GB 2312 as parts of it.
    Gb18030,
}

impl FromStr for Encoding {
    type Err = FileFault;

    /// Reads a name as people write it: `UTF-8`, `utf8`, `GB18030`, `gbk`, `GB2312`.
    fn from_str(name: &str) -> Result<Self, FileFault> {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        match plain.as_str() {
            "utf8" => Ok(Self::Utf8),
            "gb18030" | "gbk" | "gb2312" | "cp936" => Ok(Self::Gb18030),
            "utf16" | "utf16le" | "utf16be" => Err(FileFault::new(FaultCode::EncodingUtf16)),
            _ => Err(FileFault::new(FaultCode::EncodingUnknown)),
        }
    }
}

impl Encoding {
    /// Its name, which [`Encoding::from_str`] reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        }
    }

    /// Appends the decoded `bytes` to `text`. Answers false when some could not be decoded; these stand as
    /// U+FFFD, for giving the row back and nothing else.
    pub(crate) fn decode_into(self, bytes: &[u8], text: &mut String) -> bool {
        if bytes.is_ascii()
            && let Ok(ascii) = std::str::from_utf8(bytes)
        {
            text.push_str(ascii);
            return true;
        }
        match self {
            Self::Utf8 => {
                let lossy = String::from_utf8_lossy(bytes);
                text.push_str(&lossy);
                matches!(lossy, std::borrow::Cow::Borrowed(_))
            }
            Self::Gb18030 => match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(decoded) => {
                    text.push_str(&decoded);
                    true
                }
                None => {
                    text.push_str(&GB18030.decode_without_bom_handling(bytes).0);
                    false
                }
            },
        }
    }
}

const WINDOW: usize = 64 * 1024;

/// The encoding of the whole of `source` and the number of bytes of its byte-order mark. Leaves the source at
/// an unspecified place.
///
/// # Errors
/// UTF-16, or a source that cannot be read.
pub(crate) fn detect<R: Read + Seek>(
    source: &mut R,
    named: Option<Encoding>,
) -> Result<(Encoding, u64), FileFault> {
    let unreadable = |_| FileFault::new(FaultCode::FileUnreadable);
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut head = Vec::with_capacity(4096);
    source
        .by_ref()
        .take(4096)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    if head.starts_with(b"\xEF\xBB\xBF") {
        return Ok((Encoding::Utf8, 3));
    }
    // GB18030 has a mark too, rare as it is.
    if head.starts_with(b"\x84\x31\x95\x33") {
        return Ok((Encoding::Gb18030, 4));
    }
    if looks_like_utf16(&head) {
        return Err(FileFault::new(FaultCode::EncodingUtf16));
    }
    if let Some(named) = named {
        return Ok((named, 0));
    }
    let utf8 = count_faults(source, Encoding::Utf8).map_err(unreadable)?;
    if utf8 == Faults::default() {
        return Ok((Encoding::Utf8, 0));
    }
    let gb18030 = count_faults(source, Encoding::Gb18030).map_err(unreadable)?;
    Ok((
        if gb18030 < utf8 {
            Encoding::Gb18030
        } else {
            Encoding::Utf8
        },
        0,
    ))
}

fn looks_like_utf16(head: &[u8]) -> bool {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return true;
    }
    // Without a mark: commas, digits and line ends are half NUL, all on the same side.
    let nuls = |side: usize| head.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = head.len() / 16;
    head.len() >= 16 && ((even > many && odd == 0) || (odd > many && even == 0))
}

/// How far bytes are from an encoding. The first line, with the headings, weighs more than all others.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Faults {
    first_line: u64,
    all: u64,
}

fn count_faults<R: Read + Seek>(source: &mut R, encoding: Encoding) -> io::Result<Faults> {
    source.seek(SeekFrom::Start(0))?;
    let mut window = vec![0; WINDOW];
    let mut faults = Faults::default();
    let mut in_first_line = true;
    let mut counter = Counter::new(encoding);
    loop {
        let read = match source.read(&mut window) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let mut bytes = &window[..read];
        if in_first_line && let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end + 1);
            let found = counter.count(line);
            faults.first_line += found;
            faults.all += found;
            in_first_line = false;
            bytes = rest;
        }
        let found = counter.count(bytes);
        faults.first_line += if in_first_line { found } else { 0 };
        faults.all += found;
    }
    faults.all += counter.finish();
    Ok(faults)
}

/// Counts what cannot be decoded in bytes that come in pieces.
enum Counter {
    /// With the bytes of a character that the last piece began.
    Utf8(Vec<u8>),
    Gb18030 {
        decoder: Box<encoding_rs::Decoder>,
        scratch: Vec<u8>,
    },
}

impl Counter {
    fn new(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::Utf8(Vec::new()),
            Encoding::Gb18030 => Self::Gb18030 {
                decoder: Box::new(GB18030.new_decoder_without_bom_handling()),
                scratch: vec![0; WINDOW],
            },
        }
    }

    fn count(&mut self, piece: &[u8]) -> u64 {
        match self {
            Self::Utf8(begun) => count_utf8(begun, piece),
            Self::Gb18030 { decoder, scratch } => count_gb18030(decoder, scratch, piece, false),
        }
    }

    fn finish(&mut self) -> u64 {
        match self {
            Self::Utf8(begun) => u64::from(!begun.is_empty()),
            Self::Gb18030 { decoder, scratch } => count_gb18030(decoder, scratch, b"", true),
        }
    }
}

fn count_utf8(begun: &mut Vec<u8>, piece: &[u8]) -> u64 {
    let joined;
    let mut bytes = piece;
    if !begun.is_empty() {
        // Few bytes are carried over, but the piece must follow them; this copies one window in many.
        joined = [begun.as_slice(), piece].concat();
        bytes = &joined;
        begun.clear();
    }
    let mut faults = 0;
    while let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        match error.error_len() {
            Some(length) => {
                faults += 1;
                bytes = &bytes[at + length..];
            }
            None => {
                begun.extend_from_slice(&bytes[at..]);
                break;
            }
        }
    }
    faults
}

fn count_gb18030(
    decoder: &mut encoding_rs::Decoder,
    scratch: &mut [u8],
    mut piece: &[u8],
    last: bool,
) -> u64 {
    let mut faults = 0;
    loop {
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(piece, scratch, last);
        piece = &piece[read..];
        match result {
            DecoderResult::InputEmpty => return faults,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => faults += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn found(bytes: &[u8], named: Option<Encoding>) -> Result<(Encoding, u64), FaultCode> {
        detect(&mut Cursor::new(bytes), named).map_err(|fault| fault.code)
    }

    fn gb18030(text: &str) -> Vec<u8> {
        let (bytes, _, unmappable) = GB18030.encode(text);
        assert!(!unmappable);
        bytes.into_owned()
    }

    #[test]
    fn a_mark_comes_before_a_name_and_a_name_before_a_guess() {
        let gb = gb18030("行政相对人名称,证件类型\n");
        assert_eq!(
            found(b"\xEF\xBB\xBFname", Some(Encoding::Gb18030)),
            Ok((Encoding::Utf8, 3))
        );
        assert_eq!(found(&gb, Some(Encoding::Utf8)), Ok((Encoding::Utf8, 0)));
        assert_eq!(found(&gb, None), Ok((Encoding::Gb18030, 0)));
        assert_eq!(found("行政相对人名称".as_bytes(), None), Ok((Encoding::Utf8, 0)));
        assert_eq!(found(b"", None), Ok((Encoding::Utf8, 0)));
    }

    #[test]
    fn a_file_that_starts_as_ascii_and_goes_on_in_gb18030_is_gb18030() {
        let mut bytes = b"name,number\n".to_vec();
        bytes.extend(b"a,1\n".repeat(100_000));
        bytes.extend(gb18030("沈䶮,2\n"));
        assert_eq!(found(&bytes, None), Ok((Encoding::Gb18030, 0)));
    }

    #[test]
    fn one_bad_byte_does_not_change_the_encoding_of_the_rest() {
        let mut bytes = "行政相对人名称,证件类型\n许拟松,身份证\n".repeat(50).into_bytes();
        bytes.push(0xFF);
        assert_eq!(found(&bytes, None), Ok((Encoding::Utf8, 0)));
        let mut bytes = gb18030(&"行政相对人名称,证件类型\n许拟松,身份证\n".repeat(50));
        bytes.push(0xFF);
        assert_eq!(found(&bytes, None), Ok((Encoding::Gb18030, 0)));
    }

    #[test]
    fn characters_cut_by_a_window_are_whole() {
        for shift in 0..4 {
            let text = "x".repeat(WINDOW - shift) + &"𠮷䶮".repeat(WINDOW);
            assert_eq!(found(text.as_bytes(), None), Ok((Encoding::Utf8, 0)));
            assert_eq!(found(&gb18030(&text), None), Ok((Encoding::Gb18030, 0)));
        }
    }

    #[test]
    fn utf16_is_refused_with_and_without_its_mark() {
        let text = "name,number,许\r\n许拟松,1\r\n".repeat(4);
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            big.clone(),
            little.clone(),
            [b"\xFE\xFF", &big[..]].concat(),
            [b"\xFF\xFE", &little[..]].concat(),
        ] {
            assert_eq!(found(&bytes, Some(Encoding::Utf8)), Err(FaultCode::EncodingUtf16));
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_told() {
        let mut text = String::new();
        assert!(!Encoding::Utf8.decode_into(b"a\xFF", &mut text));
        assert!(!Encoding::Gb18030.decode_into(b"\x81", &mut text));
        text.clear();
        assert!(Encoding::Gb18030.decode_into(&gb18030("㛃𠮷䶮"), &mut text));
        assert_eq!(text, "㛃𠮷䶮");
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        assert_eq!("GB-18030".parse(), Ok(Encoding::Gb18030));
        assert_eq!("utf-8".parse(), Ok(Encoding::Utf8));
        assert_eq!(
            "UTF-16LE".parse::<Encoding>().unwrap_err().code,
            FaultCode::EncodingUtf16
        );
        assert_eq!(
            "latin1".parse::<Encoding>().unwrap_err().code,
            FaultCode::EncodingUnknown
        );
    }
}
