//! The corner marks of QR codes: squares in rings, dark and light in widths 1:1:3:1:1 on any line through
//! their middle.

use super::{Picture, Vector};

/// A corner mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Its middle.
    pub(super) at: Vector,
    /// The width of a module along the picture's rows, in pixels.
    pub(super) module: f32,
    /// How many rows of the picture showed it.
    seen: f32,
}

impl Mark {
    /// The part of the rows that should show it which did.
    fn sureness(&self) -> f32 {
        self.seen / self.module
    }
}

/// How many candidates are kept while looking. Texture gives many that are seen once and never again; those
/// make room. With more real ones than this, further ones only strengthen those that are known.
const MAX_CANDIDATES: usize = 1024;

/// The marks of a picture, the surest first.
pub(super) fn marks(picture: &Picture<'_>) -> Vec<Mark> {
    let dark = Dark::new(picture);
    let mut found: Vec<Mark> = Vec::new();
    for y in 0..picture.height {
        let mut runs = [0_usize; 5];
        for x in 0..=picture.width {
            let same = x < picture.width && x > 0 && dark.at(x, y) == dark.at(x - 1, y);
            if same || x == 0 {
                runs[4] += 1;
                continue;
            }
            // A run ended before x; the five last are a mark if the last of them is dark.
            if dark.at(x - 1, y)
                && let Some(module) = module_of(runs)
            {
                let middle = x - runs[4] - runs[3] - runs[2].div_ceil(2);
                if let Some(mark) = dark.check(middle, y, module) {
                    add(&mut found, mark);
                }
            }
            runs.rotate_left(1);
            runs[4] = 1;
        }
    }
    found.retain(|mark| mark.sureness() > 0.8);
    found.sort_by(|a, b| b.sureness().total_cmp(&a.sureness()));
    found
}

/// The width of a module if five runs are as 1:1:3:1:1.
fn module_of(runs: [usize; 5]) -> Option<f32> {
    let total: usize = runs.iter().sum();
    if total < 7 || runs.contains(&0) {
        return None;
    }
    let module = total as f32 / 7.0;
    let near =
        |run: usize, modules: f32| (run as f32 - modules * module).abs() < module * (0.3 + 0.25 * modules);
    let [a, b, c, d, e] = runs;
    (near(a, 1.0) && near(b, 1.0) && near(c, 3.0) && near(d, 1.0) && near(e, 1.0)).then_some(module)
}

fn add(found: &mut Vec<Mark>, mark: Mark) {
    for known in found.iter_mut() {
        let apart = known.at.minus(mark.at).length();
        if apart < known.module && (known.module / mark.module - 1.0).abs() < 0.4 {
            let all = known.seen + 1.0;
            known.at = known.at.times(known.seen).plus(mark.at).times(1.0 / all);
            known.module = (known.module * known.seen + mark.module) / all;
            known.seen = all;
            return;
        }
    }
    if found.len() == MAX_CANDIDATES {
        found.retain(|known| known.sureness() > 0.8 || known.at.y + 4.0 * known.module > mark.at.y);
    }
    if found.len() < MAX_CANDIDATES {
        found.push(mark);
    }
}

/// A picture in black and white, each pixel against the mean around it.
struct Dark {
    width: usize,
    height: usize,
    bits: Vec<bool>,
}

impl Dark {
    fn new(picture: &Picture<'_>) -> Self {
        let reach = (picture.width.max(picture.height) / 50).max(8);
        let mut bits = Vec::with_capacity(picture.pixels.len());
        for y in 0..picture.height {
            for x in 0..picture.width {
                let pixel = f32::from(picture.pixels[y * picture.width + x]);
                bits.push(pixel < picture.mean(x, y, reach) * 0.96);
            }
        }
        Self {
            width: picture.width,
            height: picture.height,
            bits,
        }
    }

    fn at(&self, x: usize, y: usize) -> bool {
        self.bits[y * self.width + x]
    }

    /// A mark that a row showed, if its column shows it as well, and then its row again.
    fn check(&self, x: usize, y: usize, module: f32) -> Option<Mark> {
        let reach = (module * 10.0) as usize + 4;
        let (down, high) = cross(y, self.height, reach, |at| self.at(x, at))?;
        let row = (down as usize).min(self.height - 1);
        let (right, wide) = cross(x, self.width, reach, |at| self.at(at, row))?;
        if high > wide * 1.7 || wide > high * 1.7 {
            return None;
        }
        Some(Mark {
            at: Vector { x: right, y: down },
            module: wide,
            seen: 1.0,
        })
    }
}

/// The middle and the module of a mark on one line through a pixel of its inner square.
fn cross(from: usize, length: usize, reach: usize, dark: impl Fn(usize) -> bool) -> Option<(f32, f32)> {
    if !dark(from) {
        return None;
    }
    // Dark, light, dark, outwards: half of the inner square, a ring of light, a ring of dark.
    let walk = |forward: bool| -> Option<[usize; 3]> {
        let mut runs = [0; 3];
        let mut at = from;
        for (number, run) in runs.iter_mut().enumerate() {
            while dark(at) == (number != 1) {
                *run += 1;
                if *run > reach {
                    return None;
                }
                let next = if forward { at + 1 } else { at.checked_sub(1)? };
                if next >= length {
                    return (number == 2).then_some(runs);
                }
                at = next;
            }
        }
        Some(runs)
    };
    let (back, forth) = (walk(false)?, walk(true)?);
    // The pixel itself was counted both ways.
    let inner = back[0] + forth[0] - 1;
    let module = module_of([back[2], back[1], inner, forth[1], forth[2]])?;
    let start = from as f32 + 1.0 - back[0] as f32;
    let end = from as f32 + forth[0] as f32;
    Some(((start + end) / 2.0, module))
}

#[cfg(test)]
mod tests {
    use super::module_of;

    #[test]
    fn widths_of_a_mark_are_known_and_others_are_not() {
        assert_eq!(module_of([2, 2, 6, 2, 2]), Some(2.0));
        assert_eq!(module_of([2, 3, 6, 1, 2]), Some(2.0));
        assert_eq!(module_of([2, 2, 2, 2, 2]), None);
        assert_eq!(module_of([0, 2, 6, 2, 2]), None);
        assert_eq!(module_of([9, 2, 6, 2, 2]), None);
    }
}
