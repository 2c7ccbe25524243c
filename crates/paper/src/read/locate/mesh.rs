//! Where each module of a code is in a picture: a mesh over the code's alignment patterns.

use super::{Corners, Picture, Vector};

/// The nodes of the mesh, at the crossings of the lines that alignment patterns stand on.
pub(super) struct Mesh {
    size: usize,
    /// The lines, in modules from the code's edge, to the middle of a module.
    lines: Vec<f32>,
    /// Row by row.
    nodes: Vec<Vector>,
    /// How far around a module its surroundings are taken, in pixels.
    reach: usize,
}

impl Mesh {
    /// Fits a code of a version between its three corner marks.
    pub(super) fn fit(picture: &Picture<'_>, corners: &Corners, version: usize) -> Self {
        let size = 17 + 4 * version;
        let lines: Vec<f32> = lines(version).iter().map(|line| *line as f32 + 0.5).collect();
        let module = corners.module(corners.top_left);
        let mut mesh = Self {
            size,
            nodes: vec![Vector { x: 0.0, y: 0.0 }; lines.len().pow(2)],
            lines,
            reach: 0,
        };
        mesh.reach = (module * 5.0) as usize + 1;
        mesh.corners(corners);
        mesh.edges(picture, corners);
        let count = mesh.lines.len();
        for row in 1..count {
            for column in 1..count {
                mesh.inner(picture, column, row);
            }
        }
        mesh
    }

    /// Modules a side.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether a module is dark.
    pub(super) fn dark(&self, picture: &Picture<'_>, x: usize, y: usize) -> bool {
        picture.dark(self.place(x as f32 + 0.5, y as f32 + 0.5), self.reach)
    }

    fn node(&self, column: usize, row: usize) -> Vector {
        self.nodes[row * self.lines.len() + column]
    }

    fn set(&mut self, column: usize, row: usize, at: Vector) {
        let count = self.lines.len();
        self.nodes[row * count + column] = at;
    }

    /// The place of a point of the code, within the four nodes around it or carried on from the nearest.
    fn place(&self, x: f32, y: f32) -> Vector {
        let cell = |at: f32| {
            let cell = self.lines.iter().rposition(|line| *line <= at).unwrap_or(0);
            let cell = cell.min(self.lines.len() - 2);
            (
                cell,
                (at - self.lines[cell]) / (self.lines[cell + 1] - self.lines[cell]),
            )
        };
        let ((column, fx), (row, fy)) = (cell(x), cell(y));
        let between = |a: Vector, b: Vector, part: f32| a.plus(b.minus(a).times(part));
        let top = between(self.node(column, row), self.node(column + 1, row), fx);
        let bottom = between(self.node(column, row + 1), self.node(column + 1, row + 1), fx);
        between(top, bottom, fy)
    }

    /// Corner marks have their middle three modules outward of the crossings.
    fn corners(&mut self, corners: &Corners) {
        let last = self.lines.len() - 1;
        let (right, down) = (corners.right(), corners.down());
        let inward = |mark: super::Mark, x: f32, y: f32| {
            let module = corners.module(mark);
            mark.at.plus(right.times(x * module)).plus(down.times(y * module))
        };
        self.set(0, 0, inward(corners.top_left, 3.0, 3.0));
        self.set(last, 0, inward(corners.top_right, -3.0, 3.0));
        self.set(0, last, inward(corners.bottom_left, 3.0, -3.0));
    }

    /// The patterns between the marks along the top and the left, each going on from the one before.
    fn edges(&mut self, picture: &Picture<'_>, corners: &Corners) {
        let (right, down) = (corners.right(), corners.down());
        let module = corners.module(corners.top_left);
        for along_top in [true, false] {
            let mut step = if along_top { right } else { down }.times(module);
            let across = if along_top { down } else { right }.times(module);
            for number in 1..self.lines.len() - 1 {
                let gap = self.lines[number] - self.lines[number - 1];
                let before = if along_top {
                    self.node(number - 1, 0)
                } else {
                    self.node(0, number - 1)
                };
                let guess = before.plus(step.times(gap));
                let at = settle(picture, guess, step, across, 2.5);
                step = at.minus(before).times(1.0 / gap);
                if along_top {
                    self.set(number, 0, at);
                } else {
                    self.set(0, number, at);
                }
            }
        }
    }

    /// A pattern by its three neighbours above and to the left.
    fn inner(&mut self, picture: &Picture<'_>, column: usize, row: usize) {
        let (before, above) = (self.node(column - 1, row), self.node(column, row - 1));
        let diagonal = self.node(column - 1, row - 1);
        let guess = before.plus(above).minus(diagonal);
        let right = above
            .minus(diagonal)
            .times(1.0 / (self.lines[column] - self.lines[column - 1]));
        let down = before
            .minus(diagonal)
            .times(1.0 / (self.lines[row] - self.lines[row - 1]));
        // With no patterns between, the lean over the whole code shows at the last one.
        let reach = if self.lines.len() == 2 { 5.0 } else { 2.5 };
        self.set(column, row, settle(picture, guess, right, down, reach));
    }
}

/// The lines that alignment patterns stand on (ISO/IEC 18004, annex E).
fn lines(version: usize) -> Vec<usize> {
    let last = 17 + 4 * version - 7;
    let count = version / 7 + 2;
    // All gaps but the first are the same even number.
    let gap = match version {
        32 => 26,
        _ => (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2,
    };
    let mut lines: Vec<usize> = (0..count - 1).map(|number| last - number * gap).collect();
    lines.push(6);
    lines.reverse();
    lines
}

/// The middle of the alignment pattern near a guess; the guess itself where there is none to be seen.
fn settle(picture: &Picture<'_>, guess: Vector, right: Vector, down: Vector, reach: f32) -> Vector {
    let at = |base: Vector, x: f32, y: f32| base.plus(right.times(x)).plus(down.times(y));
    let mut best = (f32::MIN, guess);
    let mut search = |base: Vector, reach: f32, step: f32| {
        let steps = (reach / step) as i32;
        for y in -steps..=steps {
            for x in -steps..=steps {
                let middle = at(base, x as f32 * step, y as f32 * step);
                // Between equals the nearer to the guess wins.
                let far = middle.minus(guess).length() / right.length().max(1.0);
                let score = likeness(picture, middle, right, down) - 0.5 * far;
                if score > best.0 {
                    best = (score, middle);
                }
            }
        }
        best
    };
    let (_, coarse) = search(guess, reach, 0.5);
    let (score, fine) = search(coarse, 0.5, 0.125);
    // The least contrast of ink on paper in a photo that people would call readable.
    if score > 25.0 { fine } else { guess }
}

/// How much lighter the light ring of an alignment pattern is than its dark parts.
fn likeness(picture: &Picture<'_>, middle: Vector, right: Vector, down: Vector) -> f32 {
    let (mut light, mut dark) = (0.0, 0.0);
    for y in -2_i32..=2 {
        for x in -2_i32..=2 {
            let grey = picture.grey(middle.plus(right.times(x as f32)).plus(down.times(y as f32)));
            if x.abs().max(y.abs()) == 1 {
                light += grey;
            } else {
                dark += grey;
            }
        }
    }
    light / 8.0 - dark / 17.0
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_those_of_the_standard() {
        // ISO/IEC 18004, table E.1.
        assert_eq!(lines(2), [6, 18]);
        assert_eq!(lines(7), [6, 22, 38]);
        assert_eq!(lines(14), [6, 26, 46, 66]);
        assert_eq!(lines(22), [6, 26, 50, 74, 98]);
        assert_eq!(lines(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(lines(36), [6, 24, 50, 76, 102, 128, 154]);
        assert_eq!(lines(40), [6, 30, 58, 86, 114, 142, 170]);
    }
}
