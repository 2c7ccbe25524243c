//! What people hand in to be checked: PDFs, pictures, pasted text.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat};
use miniz_oxide::deflate::compress_to_vec_zlib;
use paper::{MAX_COMPACT_BYTES, Source, read_back};

use crate::{Target, choices, codes::picture};

/// See [`crate::papers`].
pub const TARGET: Target = Target {
    name: "papers",
    run,
    seeds,
    words: &[
        "%PDF-1.7\n",
        "1 0 obj\n",
        "<</Type/EmbeddedFile",
        "/Filter/FlateDecode",
        "/DCTDecode",
        ">>\nstream\n",
        "\nendstream\nendobj\n",
        "/Encrypt",
        "IHDR",
        "IDAT",
        "PLTE",
        "tRNS",
        "acTL",
        "IEND",
        "RIFF",
        "WEBPVP8 ",
        "VP8L",
        "VP8X",
        "ANMF",
        "\u{feff}",
        "a.b.c~",
    ],
};

fn run(bytes: &[u8]) {
    // No choice is made here: a paper is what its bytes say.
    let ([], paper) = choices(bytes);
    let Ok(found) = read_back(paper) else { return };
    assert!(
        found.compact.len() <= MAX_COMPACT_BYTES,
        "a text is within its bound"
    );
    let ours = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    let foreign = found.compact.chars().filter(|c| !ours(*c)).count();
    // What was pasted may have been altered.
    assert!(
        foreign == 0 || found.source == Source::Text && foreign * 16 < found.compact.chars().count(),
        "a text has the alphabet of certificates, or nearly"
    );
    assert!(
        !found.compact.contains(char::is_whitespace),
        "a text has no blanks"
    );
    let again = read_back(found.compact.as_bytes()).map(|again| (again.compact, again.source));
    assert!(
        again.is_ok_and(|again| again == (found.compact, Source::Text)),
        "what was read back reads as text"
    );
}

fn pdf(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (number, (dictionary, data)) in streams.iter().enumerate() {
        bytes.extend(format!("{number} 0 obj\n<<{dictionary}>>\nstream\n").bytes());
        bytes.extend_from_slice(data);
        bytes.extend(b"\nendstream\nendobj\n");
    }
    bytes
}

fn encoded(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = match format {
        ImageFormat::WebP => DynamicImage::from(DynamicImage::from(picture.clone()).into_rgb8()),
        _ => DynamicImage::from(picture.clone()),
    };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn seeds() -> Vec<Vec<u8>> {
    let code = picture("made-up.text-of.a-certificate~with~parts~", 2);
    let jpeg = encoded(&code, ImageFormat::Jpeg);
    let packed = compress_to_vec_zlib(b"a.b.c~", 6);
    let bomb = compress_to_vec_zlib(&vec![b'a'; MAX_COMPACT_BYTES + 1], 9);
    vec![
        b"\xEF\xBB\xBFabc.def.ghi~jkl\r\n mno~\n".to_vec(),
        format!("eyJ{0}.eyJ{0}.\u{738b}{0}~", "a".repeat(40)).into_bytes(),
        encoded(&code, ImageFormat::Png),
        encoded(&code, ImageFormat::WebP),
        pdf(&[
            ("/Length 3", b"q Q"),
            ("/Type/EmbeddedFile /Filter /FlateDecode", &packed),
            ("/Type /EmbeddedFile", b"a.b.c~"),
        ]),
        pdf(&[
            ("/Type/EmbeddedFile/Filter/FlateDecode", &bomb),
            ("/Type/EmbeddedFile", b"a.b.d~"),
        ]),
        pdf(&[("/Type/XObject/Subtype/Image/Filter/DCTDecode", &jpeg)]),
        [
            pdf(&[("/Type/EmbeddedFile", b"\x80")]),
            b"trailer <</Encrypt 9 0 R>>".to_vec(),
        ]
        .concat(),
        jpeg,
    ]
}
