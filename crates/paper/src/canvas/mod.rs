//! A document under construction: what is drawn where, and what it means to a reader of tags.
//!
//! Drawing is collected first and written last, since the PDF library writes one page at a time and
//! wants each drawn piece named in the tree of tags.

mod write;

use krilla::tagging::TagKind;

use crate::code::Code;
use crate::fonts::Fonts;
use crate::lines::{SetLine, Setting};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.28, 841.89);

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;

/// Main ink, the quieter ink of labels, the accent, and the rules of tables.
pub(crate) const INK: (u8, u8, u8) = (24, 28, 34);
pub(crate) const QUIET_INK: (u8, u8, u8) = (82, 90, 100);
pub(crate) const ACCENT: (u8, u8, u8) = (20, 68, 108);
pub(crate) const RULE: (u8, u8, u8) = (196, 202, 210);
pub(crate) const WASH: (u8, u8, u8) = (243, 246, 249);

/// A place in the tree of tags.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tagged(usize);

enum Child {
    Group(usize),
    Drawn(usize),
}

struct Group {
    tag: TagKind,
    children: Vec<Child>,
}

enum Drawing {
    Line {
        x: f32,
        baseline: f32,
        line: SetLine,
        style: crate::lines::Style,
        lang: &'static str,
    },
    Rect {
        rect: (f32, f32, f32, f32),
        ink: (u8, u8, u8),
    },
    Code {
        x: f32,
        y: f32,
        module: f32,
        code: Code,
    },
}

struct Placed {
    drawing: Drawing,
    /// The number of the drawn piece in the tags; none for ornament.
    piece: Option<usize>,
}

struct Mark {
    level: u8,
    title: String,
    page: usize,
    y: f32,
}

/// Where a line of text begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// A file to attach.
pub(crate) struct Attachment<'a> {
    pub(crate) name: &'a str,
    pub(crate) mime: &'a str,
    pub(crate) description: String,
    pub(crate) content: &'a str,
}

/// A document under construction.
pub(crate) struct Canvas<'f> {
    pub(crate) fonts: &'f Fonts,
    pages: Vec<Vec<Placed>>,
    groups: Vec<Group>,
    roots: Vec<usize>,
    pieces: usize,
    marks: Vec<Mark>,
}

impl<'f> Canvas<'f> {
    /// An empty document with one page.
    pub(crate) fn new(fonts: &'f Fonts) -> Self {
        Self {
            fonts,
            pages: vec![Vec::new()],
            groups: Vec::new(),
            roots: Vec::new(),
            pieces: 0,
            marks: Vec::new(),
        }
    }

    /// Begins a new page.
    pub(crate) fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// How many pages there are.
    pub(crate) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Adds a place to the tree of tags, in reading order.
    pub(crate) fn tag(&mut self, parent: Option<Tagged>, tag: impl Into<TagKind>) -> Tagged {
        let number = self.groups.len();
        self.groups.push(Group {
            tag: tag.into(),
            children: Vec::new(),
        });
        match parent {
            Some(Tagged(parent)) => self.groups[parent].children.push(Child::Group(number)),
            None => self.roots.push(number),
        }
        Tagged(number)
    }

    /// Adds a line to the outline, pointing at the current page.
    pub(crate) fn mark(&mut self, level: u8, title: String, y: f32) {
        self.marks.push(Mark {
            level,
            title,
            page: self.pages.len() - 1,
            y,
        });
    }

    /// Draws set text with its top left corner (or top centre, top right) at a point; without a tag it
    /// is ornament that readers pass over. Gives the height.
    pub(crate) fn text(
        &mut self,
        tag: Option<Tagged>,
        at: (f32, f32),
        align: Align,
        setting: Setting,
        lang: &'static str,
    ) -> f32 {
        let page = self.pages.len() - 1;
        self.text_on(page, tag, at, align, setting, lang)
    }

    /// As [`Canvas::text`], on an earlier page.
    pub(crate) fn text_on(
        &mut self,
        page: usize,
        tag: Option<Tagged>,
        at: (f32, f32),
        align: Align,
        setting: Setting,
        lang: &'static str,
    ) -> f32 {
        let height = setting.height();
        let style = setting.style;
        for (number, line) in setting.lines.into_iter().enumerate() {
            let x = match align {
                Align::Left => at.0,
                Align::Centre => at.0 - line.width / 2.0,
                Align::Right => at.0 - line.width,
            };
            let baseline = at.1 + number as f32 * style.leading() + style.ascent();
            self.place(
                page,
                tag,
                Drawing::Line {
                    x,
                    baseline,
                    line,
                    style,
                    lang,
                },
            );
        }
        height
    }

    /// Draws a filled rectangle: left, top, width, height. Always ornament.
    pub(crate) fn rect(&mut self, rect: (f32, f32, f32, f32), ink: (u8, u8, u8)) {
        self.place(self.pages.len() - 1, None, Drawing::Rect { rect, ink });
    }

    /// Draws a QR code with the corner of its first module at a point.
    pub(crate) fn code(&mut self, tag: Tagged, at: (f32, f32), module: f32, code: Code) {
        let drawing = Drawing::Code {
            x: at.0,
            y: at.1,
            module,
            code,
        };
        self.place(self.pages.len() - 1, Some(tag), drawing);
    }

    fn place(&mut self, page: usize, tag: Option<Tagged>, drawing: Drawing) {
        let piece = tag.map(|Tagged(group)| {
            let piece = self.pieces;
            self.pieces += 1;
            self.groups[group].children.push(Child::Drawn(piece));
            piece
        });
        self.pages[page].push(Placed { drawing, piece });
    }
}
