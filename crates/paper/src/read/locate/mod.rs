//! Finding dense QR codes in photos and reading their modules.
//!
//! A certificate makes a code of 100 to 177 modules a side. One straight mapping over so many modules
//! fails on any photo that was taken by hand: a lean, a curl of the paper or a lens shifts the far modules
//! by more than their own width. So the three corner marks are found first (ISO/IEC 18004, section 6.3.3),
//! then each of the up to 46 alignment patterns near where its neighbours say it must be, and the modules
//! are read between those. The work is bounded whatever the picture shows: a fixed number of marks, of
//! triples of marks and of sizes is tried.

mod marks;
mod mesh;

use image::GrayImage;
use rqrr::{Grid, SimpleGrid};

use marks::{Mark, marks};
use mesh::Mesh;

/// How many marks are combined, and how many triples of them are tried.
const MAX_MARKS: usize = 12;
const MAX_TRIPLES: usize = 6;

/// A point or a way in a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Vector {
    x: f32,
    y: f32,
}

impl Vector {
    fn plus(self, other: Self) -> Self {
        Self {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
    fn minus(self, other: Self) -> Self {
        Self {
            x: self.x - other.x,
            y: self.y - other.y,
        }
    }
    fn times(self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
    fn length(self) -> f32 {
        self.x.hypot(self.y)
    }
    fn unit(self) -> Self {
        self.times(1.0 / self.length().max(1e-6))
    }
}

/// A grey picture with sums, so that the mean of any rectangle costs the same.
struct Picture<'a> {
    width: usize,
    height: usize,
    pixels: &'a [u8],
    sums: Vec<u64>,
}

impl<'a> Picture<'a> {
    fn new(image: &'a GrayImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let pixels = image.as_raw().as_slice();
        let mut sums = vec![0; (width + 1) * (height + 1)];
        for (y, row) in pixels.chunks_exact(width.max(1)).enumerate() {
            let mut sum = 0;
            for (x, pixel) in row.iter().enumerate() {
                sum += u64::from(*pixel);
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + sum;
            }
        }
        Self {
            width,
            height,
            pixels,
            sums,
        }
    }

    /// The mean of the square that reaches so far around a pixel.
    fn mean(&self, x: usize, y: usize, reach: usize) -> f32 {
        let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(self.width));
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(self.height));
        let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        let sum = at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top);
        sum as f32 / ((right - left) * (bottom - top)).max(1) as f32
    }

    /// The grey at a point, between its four pixels; the border goes on outside.
    fn grey(&self, at: Vector) -> f32 {
        let (x, y) = ((at.x - 0.5).max(0.0), (at.y - 0.5).max(0.0));
        let (x0, y0) = (
            (x as usize).min(self.width - 1),
            (y as usize).min(self.height - 1),
        );
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = ((x - x0 as f32).clamp(0.0, 1.0), (y - y0 as f32).clamp(0.0, 1.0));
        let pixel = |x: usize, y: usize| f32::from(self.pixels[y * self.width + x]);
        let top = pixel(x0, y0) * (1.0 - fx) + pixel(x1, y0) * fx;
        let bottom = pixel(x0, y1) * (1.0 - fx) + pixel(x1, y1) * fx;
        top * (1.0 - fy) + bottom * fy
    }

    /// Whether a point is darker than what is around it.
    fn dark(&self, at: Vector, reach: usize) -> bool {
        let pixel = |value: f32, limit: usize| (value.max(0.0) as usize).min(limit - 1);
        self.grey(at) < self.mean(pixel(at.x, self.width), pixel(at.y, self.height), reach)
    }
}

/// The three corner marks of one code: top left, top right, bottom left.
#[derive(Debug, Clone, Copy)]
struct Corners {
    top_left: Mark,
    top_right: Mark,
    bottom_left: Mark,
}

/// The first code in a picture whose text is as wanted.
pub(super) fn read_codes(image: &GrayImage, wanted: impl Fn(&str) -> bool) -> Option<String> {
    if image.width() < 21 || image.height() < 21 {
        return None;
    }
    let picture = Picture::new(image);
    let mut marks = marks(&picture);
    marks.truncate(MAX_MARKS);
    for corners in triples(&marks) {
        for version in corners.versions(&picture) {
            let mesh = Mesh::fit(&picture, &corners, version);
            let grid = SimpleGrid::from_func(mesh.size(), |x, y| mesh.dark(&picture, x, y));
            if let Ok((_, text)) = Grid::new(grid).decode()
                && wanted(&text)
            {
                return Some(text);
            }
        }
    }
    None
}

/// The triples of marks that look most like the corners of one code, the best first.
fn triples(marks: &[Mark]) -> Vec<Corners> {
    let mut found = Vec::new();
    for (i, corner) in marks.iter().enumerate() {
        for (j, a) in marks.iter().enumerate() {
            for b in marks.iter().skip(j + 1) {
                if std::ptr::eq(a, corner) || std::ptr::eq(b, corner) {
                    continue;
                }
                if let Some((unlikeness, corners)) = corners(*corner, *a, *b) {
                    // Marks come with the surest first.
                    found.push((unlikeness + 0.01 * (i + j) as f32, corners));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found
        .into_iter()
        .take(MAX_TRIPLES)
        .map(|(_, corners)| corners)
        .collect()
}

/// Three marks as corners, with how unlike a square they are; `None` if they can't be.
fn corners(corner: Mark, a: Mark, b: Mark) -> Option<(f32, Corners)> {
    let (to_a, to_b) = (a.at.minus(corner.at), b.at.minus(corner.at));
    let (long_a, long_b) = (to_a.length(), to_b.length());
    let smallest = corner.module.min(a.module).min(b.module);
    let largest = corner.module.max(a.module).max(b.module);
    if long_a.min(long_b) < 12.0 * smallest || largest > 1.8 * smallest {
        return None;
    }
    let lean = ((to_a.x * to_b.x + to_a.y * to_b.y) / (long_a * long_b)).abs();
    let uneven = (long_a - long_b).abs() / (long_a + long_b);
    if lean > 0.4 || uneven > 0.25 {
        return None;
    }
    let turn = to_a.x * to_b.y - to_a.y * to_b.x;
    let (top_right, bottom_left) = if turn > 0.0 { (a, b) } else { (b, a) };
    let unlikeness = lean + uneven + (largest - smallest) / largest;
    Some((
        unlikeness,
        Corners {
            top_left: corner,
            top_right,
            bottom_left,
        },
    ))
}

impl Corners {
    fn right(&self) -> Vector {
        self.top_right.at.minus(self.top_left.at).unit()
    }

    fn down(&self) -> Vector {
        self.bottom_left.at.minus(self.top_left.at).unit()
    }

    /// A mark's module along the code's sides; it was measured along the picture's rows.
    fn module(&self, mark: Mark) -> f32 {
        let right = self.right();
        mark.module * right.x.abs().max(right.y.abs())
    }

    /// The versions that the code may have, the likeliest first: by the timing patterns, which count the
    /// modules, then by measure.
    fn versions(&self, picture: &Picture<'_>) -> Vec<usize> {
        let mean = |a: Mark, b: Mark| (self.module(a) + self.module(b)) / 2.0;
        let wide = self.top_right.at.minus(self.top_left.at).length() / mean(self.top_left, self.top_right);
        let high =
            self.bottom_left.at.minus(self.top_left.at).length() / mean(self.top_left, self.bottom_left);
        let measured = version_of((wide + high) / 2.0 + 7.0);
        let counted = [
            self.timing(picture, self.top_right, self.down()),
            self.timing(picture, self.bottom_left, self.right()),
        ]
        .map(|size| version_of(size as f32));
        let mut versions: Vec<usize> = Vec::new();
        for version in counted
            .into_iter()
            .chain([measured, measured + 1, measured.saturating_sub(1)])
        {
            if (2..=40).contains(&version) && !versions.contains(&version) {
                versions.push(version);
            }
        }
        versions
    }

    /// The code's size by the changes along a timing pattern, from the top left mark to another.
    fn timing(&self, picture: &Picture<'_>, other: Mark, inward: Vector) -> usize {
        let (near, far) = (self.module(self.top_left), self.module(other));
        let along = other.at.minus(self.top_left.at).unit();
        // Three modules inward of both marks' middles runs the timing pattern, from dark to dark.
        let from = self
            .top_left
            .at
            .plus(inward.times(3.0 * near))
            .plus(along.times(3.0 * near));
        let to = other
            .at
            .plus(inward.times(3.0 * far))
            .minus(along.times(3.0 * far));
        let steps = (to.minus(from).length() * 2.0).clamp(1.0, 20_000.0) as usize;
        let reach = (4.0 * near.max(far)) as usize + 1;
        let mut changes = 0;
        let (mut dark, mut run) = (true, 0);
        for step in 0..=steps {
            let at = from.plus(to.minus(from).times(step as f32 / steps as f32));
            if picture.dark(at, reach) == dark {
                run = 0;
                continue;
            }
            run += 1;
            // A speck is not a module.
            if run as f32 > near.min(far) * 0.5 {
                (dark, run) = (!dark, 0);
                changes += 1;
            }
        }
        changes + 13
    }
}

/// The version nearest to a size in modules.
fn version_of(size: f32) -> usize {
    ((size - 17.0) / 4.0).round().clamp(0.0, 99.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_full_of_marks_is_given_up_in_bounded_time() {
        // Corner marks side by side, as many as fit: each pair of three could be a code.
        let image = GrayImage::from_fn(1200, 1200, |x, y| {
            let (x, y) = ((x / 3) % 9, (y / 3) % 9);
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            image::Luma([if ring == 2 || ring > 3 { 255 } else { 0 }])
        });
        let all = marks(&Picture::new(&image));
        assert!(all.len() > 1000);
        assert!(triples(&all[..200]).len() == MAX_TRIPLES);
        assert_eq!(read_codes(&image, |_| true), None);
    }
}
