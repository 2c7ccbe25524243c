//! QR codes in pictures: what is printed reads back, whatever its text, and no picture does harm.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use image::{GrayImage, ImageFormat, Luma};
use paper::read_back;
use qrcode::{Color, EcLevel, QrCode};

use crate::{Target, choices, seed};

/// See [`crate::codes`].
pub const TARGET: Target = Target {
    name: "codes",
    run,
    seeds,
    words: &[],
};

/// Clear modules around a code, as ISO/IEC 18004 asks for.
const QUIET: usize = 4;

/// The fewest bytes of a certificate's text by far.
const SHORTEST: usize = 200;

/// The code of a text, so many pixels a module.
pub(crate) fn picture(text: &str, scale: usize) -> GrayImage {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
    let (width, modules) = (code.width(), code.to_colors());
    let side = u32::try_from((width + 2 * QUIET) * scale).unwrap();
    GrayImage::from_fn(side, side, |x, y| {
        let module = |pixel: u32| {
            (pixel as usize / scale)
                .checked_sub(QUIET)
                .filter(|at| *at < width)
        };
        let dark = match (module(x), module(y)) {
            (Some(x), Some(y)) => modules[y * width + x] == Color::Dark,
            _ => false,
        };
        Luma([if dark { 0 } else { 255 }])
    })
}

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn run(bytes: &[u8]) {
    let ([which, scale], rest) = choices(bytes);
    match which % 2 {
        0 => printed(rest, 3 + usize::from(scale % 3)),
        _ => pixels(rest, u32::from(scale)),
    }
}

fn printed(bytes: &[u8], scale: usize) {
    let mut text = format!("made-up.{}.x~", BASE64.encode(&bytes[..bytes.len().min(600)]));
    while text.len() < SHORTEST {
        text.push_str("QUJD~");
    }
    if bytes.is_empty() {
        text = text.replace("..", ".e30.");
    }
    let found = read_back(&png(&picture(&text, scale))).map(|found| found.compact);
    assert!(
        found.as_ref().is_ok_and(|found| *found == text),
        "what is printed reads back: {found:?}"
    );
}

/// Any pixels, each of them a square so that they can look like modules.
fn pixels(bytes: &[u8], width: u32) {
    let width = width.clamp(1, 200);
    let Some(height) = u32::try_from(bytes.len())
        .ok()
        .map(|length| length / width)
        .filter(|height| *height > 0)
    else {
        return;
    };
    let picture = GrayImage::from_fn(width * 2, height.min(400) * 2, |x, y| {
        Luma([bytes[(y / 2 * width + x / 2) as usize]])
    });
    if let Ok(found) = read_back(&png(&picture)) {
        assert!(!found.compact.is_empty(), "a text that was found is one");
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let small = picture("made-up.text-of.a-certificate~", 1);
    let width = u8::try_from(small.width()).unwrap();
    vec![
        seed(&[0, 0], b"a made-up text"),
        seed(&[0, 1], [0x5a; 300]),
        seed(&[1, width], small.into_raw()),
        seed(&[1, 30], [0, 255, 0, 0, 0, 255, 0].repeat(200)),
    ]
}
