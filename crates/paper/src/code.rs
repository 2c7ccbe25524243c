//! The QR code: encoding, and its outline as one path.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::PaperError;

/// Clear modules around a code, as ISO/IEC 18004 asks for.
pub(crate) const QUIET: usize = 4;

/// The most that the largest code holds in byte mode with error correction L.
const MAX_BYTES: usize = 2953;

/// A QR code as a square of dark and light modules.
#[derive(Debug)]
pub(crate) struct Code {
    /// Modules a side, without the quiet zone.
    pub(crate) width: usize,
    dark: Vec<bool>,
}

impl Code {
    /// Encodes ASCII text in byte mode with error correction L, in the smallest version that holds it.
    pub(crate) fn of(text: &str) -> Result<Self, PaperError> {
        let too_long = || PaperError::TooLongForQr { bytes: text.len() };
        if text.len() > MAX_BYTES {
            return Err(too_long());
        }
        for version in 1..=40 {
            let mut bits = Bits::new(Version::Normal(version));
            if bits.push_byte_data(text.as_bytes()).is_err() || bits.push_terminator(EcLevel::L).is_err() {
                continue;
            }
            let code = QrCode::with_bits(bits, EcLevel::L).map_err(|_| too_long())?;
            let dark = code.to_colors().into_iter().map(|c| c == Color::Dark).collect();
            return Ok(Self {
                width: code.width(),
                dark,
            });
        }
        Err(too_long())
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.width && self.dark[y * self.width + x]
    }

    /// The borders of the dark areas as closed polygons in modules, dark to the right of the way.
    ///
    /// One path of whole areas instead of a square a module: no hairlines between neighbours at any
    /// zoom, and a fraction of the bytes.
    pub(crate) fn outline(&self) -> Vec<Vec<(usize, usize)>> {
        let mut edges = self.edges();
        let corners = self.width + 1;
        let mut polygons = Vec::new();
        for start in 0..edges.len() {
            // Two borders start where dark corners touch.
            while edges[start] != 0 {
                polygons.push(follow(&mut edges, corners, start));
            }
        }
        polygons
    }

    /// At each corner of a module, which ways a border between dark and light goes on from there.
    fn edges(&self) -> Vec<u8> {
        let corners = self.width + 1;
        let mut edges = vec![0; corners * corners];
        for y in 0..self.width {
            for x in 0..self.width {
                if !self.dark(x, y) {
                    continue;
                }
                let corner = y * corners + x;
                if y == 0 || !self.dark(x, y - 1) {
                    edges[corner] |= RIGHT;
                }
                if !self.dark(x + 1, y) {
                    edges[corner + 1] |= DOWN;
                }
                if !self.dark(x, y + 1) {
                    edges[corner + corners + 1] |= LEFT;
                }
                if x == 0 || !self.dark(x - 1, y) {
                    edges[corner + corners] |= UP;
                }
            }
        }
        edges
    }
}

const RIGHT: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const UP: u8 = 8;

/// Follows a border from a corner until it closes, taking its edges away; only turns make points.
fn follow(edges: &mut [u8], corners: usize, start: usize) -> Vec<(usize, usize)> {
    let mut points = Vec::new();
    let (mut here, mut before) = (start, 0);
    loop {
        let way = 1 << edges[here].trailing_zeros();
        edges[here] &= !way;
        if way != before {
            points.push((here % corners, here / corners));
        }
        here = match way {
            RIGHT => here + 1,
            DOWN => here + corners,
            LEFT => here - 1,
            _ => here - corners,
        };
        before = way;
        if here == start {
            return points;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outline_encloses_exactly_the_dark_modules() {
        let code = Code::of("made-up~text.of.a.code").unwrap();
        let polygons = code.outline();
        // Signed area by the shoelace formula: holes count negative.
        let area: i64 = polygons
            .iter()
            .map(|p| {
                (0..p.len())
                    .map(|i| {
                        let (a, b) = (p[i], p[(i + 1) % p.len()]);
                        a.0 as i64 * b.1 as i64 - b.0 as i64 * a.1 as i64
                    })
                    .sum::<i64>()
                    / 2
            })
            .sum();
        let dark = code.dark.iter().filter(|d| **d).count() as i64;
        assert_eq!(area, dark);
    }

    #[test]
    fn the_longest_text_fits_and_one_byte_more_is_refused() {
        assert_eq!(Code::of(&"a".repeat(2953)).unwrap().width, 177);
        let error = Code::of(&"a".repeat(2954)).unwrap_err();
        assert_eq!(error.code(), "too-long-for-qr");
    }
}
