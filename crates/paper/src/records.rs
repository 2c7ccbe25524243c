//! A person's download of what is held about them, as pages to keep.

use std::num::NonZeroU16;

use krilla::tagging::{TableHeaderScope, Tag};

use crate::PaperError;
use crate::canvas::{ACCENT, Align, Canvas, INK, MM, PAGE, QUIET_INK, RULE, Tagged};
use crate::fonts::Fonts;
use crate::lines::{Setting, Style, language_of, set};
use crate::sheet::{Languages, Line, RecordsSheet, Section, Text};

const LEFT: f32 = 22.0 * MM;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = PAGE.1 - 22.0 * MM;
const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
const LABELS: f32 = 52.0 * MM;

/// Prints what is held about a person: headings, tables of label and value, page numbers; in one
/// language or both. A label stays with its value, a heading with its first line. Equal sheets give equal
/// bytes.
///
/// # Errors
/// [`PaperError::Pdf`].
pub fn records_pdf(fonts: &Fonts, sheet: &RecordsSheet) -> Result<Vec<u8>, PaperError> {
    let mut flow = Flow {
        canvas: Canvas::new(fonts),
        y: TOP,
        languages: sheet.languages,
    };
    flow.title(&sheet.title, sheet.intro.as_ref());
    for section in &sheet.sections {
        flow.section(section);
    }
    flow.page_numbers();
    let language = if sheet.languages == Languages::English {
        "en"
    } else {
        "zh-CN"
    };
    let title = flow.joined(&sheet.title);
    flow.canvas.finish(title, language, sheet.made_at, None)
}

type Cell = Vec<(Setting, &'static str)>;

fn height(cell: &Cell) -> f32 {
    cell.iter().map(|(setting, _)| setting.height()).sum()
}

struct Flow<'f> {
    canvas: Canvas<'f>,
    y: f32,
    languages: Languages,
}

impl Flow<'_> {
    /// A text in the languages asked for: once where they are the same.
    fn pick<'t>(&self, text: &'t Text) -> Vec<(&'t str, &'static str)> {
        match self.languages {
            _ if text.zh == text.en => vec![(&text.zh, language_of(&text.zh))],
            Languages::Chinese => vec![(&text.zh, "zh-CN")],
            Languages::English => vec![(&text.en, "en")],
            Languages::Both => vec![(&text.zh, "zh-CN"), (&text.en, "en")],
        }
    }

    fn joined(&self, text: &Text) -> String {
        self.pick(text)
            .iter()
            .map(|(t, _)| *t)
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn cell(&self, text: &Text, width: f32, style: Style) -> Cell {
        let second = Style {
            size: style.size * 0.92,
            ..style
        };
        self.pick(text)
            .into_iter()
            .enumerate()
            .map(|(number, (text, lang))| {
                (
                    set(
                        self.canvas.fonts,
                        text,
                        width,
                        if number == 0 { style } else { second },
                    ),
                    lang,
                )
            })
            .collect()
    }

    /// Goes to a new page unless there is room for so much more.
    fn room_for(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.canvas.new_page();
            self.y = TOP;
        }
    }

    /// Draws a cell at the current height, a line at a time where it is longer than a page.
    fn draw(&mut self, tag: Tagged, x: f32, cell: Cell) {
        for (setting, lang) in cell {
            let style = setting.style;
            for line in setting.lines {
                self.room_for(style.leading());
                let one = Setting {
                    lines: vec![line],
                    style,
                };
                self.y += self.canvas.text(Some(tag), (x, self.y), Align::Left, one, lang);
            }
        }
    }

    fn title(&mut self, title: &Text, intro: Option<&Text>) {
        self.canvas.rect((LEFT, 15.0 * MM, WIDTH, 2.4), ACCENT);
        let joined = self.joined(title);
        self.canvas.mark(1, joined.clone(), self.y);
        let tag = self.canvas.tag(None, Tag::Hn(level(1), Some(joined)));
        let cell = self.cell(
            title,
            WIDTH,
            Style {
                size: 20.0,
                bold: true,
                ink: ACCENT,
            },
        );
        self.draw(tag, LEFT, cell);
        self.y += 2.0 * MM;
        if let Some(intro) = intro {
            self.paragraph(intro);
        }
    }

    fn paragraph(&mut self, text: &Text) {
        let tag = self.canvas.tag(None, Tag::P);
        let cell = self.cell(
            text,
            WIDTH,
            Style {
                size: 10.0,
                bold: false,
                ink: INK,
            },
        );
        self.draw(tag, LEFT, cell);
        self.y += 2.0 * MM;
    }

    fn section(&mut self, section: &Section) {
        let top = section.level == 1;
        let size = if top { 15.0 } else { 12.0 };
        let before = if top { 7.0 } else { 4.5 } * MM;
        let heading = self.cell(
            &section.heading,
            WIDTH,
            Style {
                size,
                bold: true,
                ink: ACCENT,
            },
        );
        // The heading stays with what follows it.
        let follows = section.lines.first().map_or(0.0, |line| self.row_height(line));
        self.room_for(before + height(&heading) + follows.min(60.0 * MM) + 12.0 * MM);
        if self.y > TOP {
            self.y += before;
        }
        let joined = self.joined(&section.heading);
        self.canvas.mark(if top { 1 } else { 2 }, joined.clone(), self.y);
        let tag = self.canvas.tag(
            None,
            Tag::Hn(level(if top { 2 } else { 3 }), Some(joined.clone())),
        );
        self.draw(tag, LEFT, heading);
        self.y += 1.2 * MM;
        if let Some(intro) = &section.intro {
            self.paragraph(intro);
        }
        if !section.lines.is_empty() {
            self.table(&section.lines, joined);
        }
    }

    fn cells(&self, line: &Line) -> (Cell, Cell) {
        let label = Style {
            size: 9.5,
            bold: false,
            ink: QUIET_INK,
        };
        let value = Style {
            size: 10.5,
            bold: false,
            ink: INK,
        };
        (
            self.cell(&line.label, LABELS - 3.0 * MM, label),
            self.cell(&line.value, WIDTH - LABELS, value),
        )
    }

    fn row_height(&self, line: &Line) -> f32 {
        let (label, value) = self.cells(line);
        height(&label).max(height(&value)) + 5.0
    }

    fn table(&mut self, lines: &[Line], summary: String) {
        let table = self.canvas.tag(None, Tag::Table.with_summary(Some(summary)));
        let body = self.canvas.tag(Some(table), Tag::TBody);
        self.canvas.rect((LEFT, self.y, WIDTH, 0.8), ACCENT);
        for line in lines {
            let (label, value) = self.cells(line);
            let (label_height, value_height) = (height(&label), height(&value));
            let row = label_height.max(value_height) + 5.0;
            // A row that no page holds begins here and runs on.
            self.room_for(if row > BOTTOM - TOP {
                label_height + 5.0
            } else {
                row
            });
            let tr = self.canvas.tag(Some(body), Tag::TR);
            let th = self.canvas.tag(Some(tr), Tag::TH(TableHeaderScope::Row));
            let td = self.canvas.tag(Some(tr), Tag::TD);
            let (page, top) = (self.canvas.page_count(), self.y + 2.5);
            self.y = top;
            self.draw(th, LEFT, label);
            let after_label = self.y;
            self.y = top;
            self.draw(td, LEFT + LABELS, value);
            if self.canvas.page_count() == page {
                self.y = self.y.max(after_label);
            }
            self.y += 2.5;
            self.canvas.rect((LEFT, self.y, WIDTH, 0.5), RULE);
        }
    }

    fn page_numbers(&mut self) {
        let count = self.canvas.page_count();
        let style = Style {
            size: 9.0,
            bold: false,
            ink: QUIET_INK,
        };
        for page in 0..count {
            let setting = set(
                self.canvas.fonts,
                &format!("{} / {count}", page + 1),
                WIDTH,
                style,
            );
            let at = (LEFT + WIDTH, PAGE.1 - 15.0 * MM);
            self.canvas.text_on(page, None, at, Align::Right, setting, "en");
        }
    }
}

fn level(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN)
}
