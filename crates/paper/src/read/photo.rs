//! The QR code in a picture.

use std::io::Cursor;

use image::imageops::{FilterType, resize};
use image::{GrayImage, ImageFormat, ImageReader, Limits};

use super::{MAX_PIXELS, is_compact, locate};
use crate::PaperError;

/// What decoding a picture may take in memory: its own pixels in colour, and the reader's.
const MAX_MEMORY: u64 = 6 * MAX_PIXELS;

/// The most scans of a JPEG (ITU-T T.81, section B.2.3). Programs make some ten; each goes over all of the picture again.
const MAX_SCANS: usize = 24;

/// Long sides, in pixels, to which larger pictures are reduced to search them: the first keeps the modules
/// of the largest code apart on a photo of a whole page, the smaller ones calm the noise of poor light.
const SIDES: [u32; 3] = [3000, 2000, 1400];

pub(super) fn read(bytes: &[u8], format: ImageFormat) -> Result<String, PaperError> {
    let picture = decode(bytes, format)?;
    let long = picture.width().max(picture.height());
    let sides = SIDES.into_iter().filter(|side| *side < long);
    let own = (long <= SIDES[0]).then_some(long);
    for side in own.into_iter().chain(sides) {
        let text = locate::read_codes(&scaled(&picture, side), |text| is_compact(text.trim()));
        if let Some(text) = text {
            return Ok(text.trim().to_owned());
        }
    }
    Err(PaperError::NothingFound)
}

/// How often a JPEG goes over its picture: at most so many markers of a scan are in it.
fn scans(jpeg: &[u8]) -> usize {
    jpeg.windows(2).filter(|two| *two == [0xff, 0xda]).count()
}

/// How many pixels a JPEG says that it has.
pub(super) fn pixels(jpeg: &[u8]) -> Option<u64> {
    let dimensions = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg).into_dimensions();
    let (width, height) = dimensions.ok()?;
    Some(u64::from(width) * u64::from(height))
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<GrayImage, PaperError> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format)
        .into_dimensions()
        .map_err(|_| PaperError::Damaged)?;
    let scans = (format == ImageFormat::Jpeg).then(|| scans(bytes));
    if u64::from(width) * u64::from(height) > MAX_PIXELS || scans.is_some_and(|scans| scans > MAX_SCANS) {
        return Err(PaperError::TooLarge);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader
        .decode()
        .map(|picture| picture.into_luma8())
        .map_err(|_| PaperError::Damaged)
}

fn scaled(picture: &GrayImage, side: u32) -> GrayImage {
    let long = picture.width().max(picture.height()).max(1);
    if long == side {
        return picture.clone();
    }
    let scale = |length: u32| {
        u32::try_from(u64::from(length) * u64::from(side) / u64::from(long))
            .unwrap_or(side)
            .max(1)
    };
    resize(
        picture,
        scale(picture.width()),
        scale(picture.height()),
        FilterType::Triangle,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_with_very_many_scans_is_not_decoded() {
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg)
            .encode(&[200; 64 * 64], 64, 64, image::ExtendedColorType::L8)
            .unwrap();
        assert!(decode(&jpeg, ImageFormat::Jpeg).is_ok());
        jpeg.extend([0xff, 0xda].repeat(MAX_SCANS));
        assert!(matches!(
            decode(&jpeg, ImageFormat::Jpeg),
            Err(PaperError::TooLarge)
        ));
    }

    #[test]
    fn a_picture_with_too_many_pixels_is_refused_by_its_header() {
        // A PNG header that claims 65,535 by 65,535 pixels.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0".to_vec();
        let mut crc = 0xffff_ffff_u32;
        for byte in &png[12..] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
        }
        png.extend((!crc).to_be_bytes());
        png.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
        assert_eq!(read(&png, ImageFormat::Png).unwrap_err().code(), "too-large");
    }

    #[test]
    fn a_picture_without_a_code_says_that_nothing_was_found() {
        let mut png = Vec::new();
        GrayImage::from_fn(300, 200, |x, y| image::Luma([(x * y % 251) as u8]))
            .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
            .unwrap();
        assert_eq!(read(&png, ImageFormat::Png).unwrap_err().code(), "nothing-found");
    }
}
