//! A certificate as one A4 page, or two where it says much.

use std::num::NonZeroU16;

use krilla::tagging::{TableHeaderScope, Tag};

use crate::canvas::{ACCENT, Align, Attachment, Canvas, INK, MM, PAGE, QUIET_INK, RULE, Tagged, WASH};
use crate::code::{Code, QUIET};
use crate::fonts::Fonts;
use crate::lines::{Setting, Style, language_of, set};
use crate::sheet::{ATTACHMENT_NAME, CertificateSheet, Line, Text};
use crate::words::{self, Pair};
use crate::{PaperError, read};

const LEFT: f32 = 22.0 * MM;
const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
const TOP: f32 = 19.0 * MM;
const BOTTOM: f32 = PAGE.1 - 16.0 * MM;
/// The code with its quiet zone; the largest version still has modules of 0.51 mm.
const CODE_SIDE: f32 = 95.0 * MM;
/// What the words on how to check take, where the text is too long for a code.
const WORDS_SIDE: f32 = 62.0 * MM;
const LABELS: f32 = 50.0 * MM;

/// Prints a certificate on one A4 page, or two where it says much, in Chinese and English, with the compact text as a
/// QR code and as the attached file [`ATTACHMENT_NAME`]. A text that is too long for a code is attached alone, and the
/// page says so. Equal sheets give equal bytes.
///
/// # Errors
/// [`PaperError::NotCompact`], [`PaperError::DoesNotFit`] (more lines than a page of their own takes even in smaller
/// type), [`PaperError::Pdf`].
pub fn certificate_pdf(fonts: &Fonts, sheet: &CertificateSheet) -> Result<Vec<u8>, PaperError> {
    if !read::is_compact(&sheet.compact) {
        return Err(PaperError::NotCompact);
    }
    let code = match Code::of(&sheet.compact) {
        Ok(code) => Some(code),
        Err(PaperError::TooLongForQr { .. }) => None,
        Err(error) => return Err(error),
    };
    let mut canvas = Canvas::new(fonts);
    let mut y = heading(&mut canvas, sheet);
    if sheet.bases_unconfirmed {
        y = notice(&mut canvas, y);
    }
    let foot = BOTTOM - code.as_ref().map_or(WORDS_SIDE, |_| CODE_SIDE);
    let room = foot - 5.0 * MM - y;
    if let Some(rows) = rows_within(fonts, &sheet.lines, room) {
        table(&mut canvas, rows, y, room);
        check_block(&mut canvas, sheet, foot, code);
    } else {
        let room = BOTTOM - y;
        let rows = rows_within(fonts, &sheet.lines, room).ok_or(PaperError::DoesNotFit)?;
        table(&mut canvas, rows, y, room);
        canvas.new_page();
        check_block(&mut canvas, sheet, TOP, code);
    }
    let attachment = Attachment {
        name: ATTACHMENT_NAME,
        mime: "application/dc+sd-jwt",
        description: joined(words::ATTACHED),
        content: &sheet.compact,
    };
    canvas.finish(joined(words::TITLE), "zh-CN", sheet.issued_at, Some(attachment))
}

/// Both languages in one line, for titles that only machines show.
fn joined(pair: Pair) -> String {
    format!("{} · {}", pair.0, pair.1)
}

fn style(size: f32, bold: bool, ink: (u8, u8, u8)) -> Style {
    Style { size, bold, ink }
}

fn level(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN)
}

fn heading(canvas: &mut Canvas<'_>, sheet: &CertificateSheet) -> f32 {
    let (fonts, middle) = (canvas.fonts, PAGE.0 / 2.0);
    canvas.rect((LEFT, 15.0 * MM, WIDTH, 2.4), ACCENT);
    let mut y = 19.0 * MM;
    let issuer = canvas.tag(None, Tag::P);
    for (text, lang) in languages(&sheet.issuer) {
        let setting = set(fonts, text, WIDTH, style(10.0, false, QUIET_INK));
        y += canvas.text(Some(issuer), (middle, y), Align::Centre, setting, lang);
    }
    y += 2.5 * MM;
    canvas.mark(1, joined(words::TITLE), y);
    let title = canvas.tag(None, Tag::Hn(level(1), Some(joined(words::TITLE))));
    let (zh, en) = words::TITLE;
    for (text, size, lang) in [(zh, 25.0, "zh-CN"), (en, 19.0, "en")] {
        let setting = set(fonts, text, WIDTH, style(size, true, ACCENT));
        y += canvas.text(Some(title), (middle, y), Align::Centre, setting, lang);
    }
    y + 4.0 * MM
}

/// A text in its languages: once where they are the same.
fn languages(text: &Text) -> Vec<(&str, &'static str)> {
    if text.zh == text.en {
        return vec![(&text.zh, language_of(&text.zh))];
    }
    vec![(&text.zh, "zh-CN"), (&text.en, "en")]
}

fn notice(canvas: &mut Canvas<'_>, y: f32) -> f32 {
    let (zh, en) = words::NOTICE;
    let inner = WIDTH - 8.0 * MM;
    let settings = [(zh, "zh-CN"), (en, "en")]
        .map(|(text, lang)| (set(canvas.fonts, text, inner, style(9.0, false, INK)), lang));
    let height = settings.iter().map(|(s, _)| s.height()).sum::<f32>() + 3.0 * MM;
    canvas.rect((LEFT, y, WIDTH, height), WASH);
    canvas.rect((LEFT, y, 2.4, height), ACCENT);
    let tag = canvas.tag(None, Tag::P);
    let mut at = y + 1.5 * MM;
    for (setting, lang) in settings {
        at += canvas.text(Some(tag), (LEFT + 4.0 * MM, at), Align::Left, setting, lang);
    }
    y + height + 3.0 * MM
}

struct Row {
    label: Vec<(Setting, &'static str)>,
    value: Vec<(Setting, &'static str)>,
    height: f32,
}

/// The lines as rows, in the largest type in which they take no more than this height. None: in no type.
fn rows_within(fonts: &Fonts, lines: &[Line], room: f32) -> Option<Vec<Row>> {
    let scales = [1.0, 0.94, 0.88, 0.82, 0.76, 0.7].into_iter();
    scales
        .map(|scale| -> Vec<Row> { lines.iter().map(|line| row(fonts, line, scale)).collect() })
        .find(|rows| height_of(rows) <= room)
}

fn height_of(rows: &[Row]) -> f32 {
    rows.iter().map(|row| row.height).sum()
}

/// The rows as a table.
fn table(canvas: &mut Canvas<'_>, rows: Vec<Row>, top: f32, room: f32) {
    let heading = canvas.tag(None, Tag::Section);
    // What room is left goes between the rows, up to a point.
    let extra = ((room - height_of(&rows)) / rows.len().max(1) as f32).min(2.2 * MM);
    draw_table(canvas, heading, rows, top, extra);
}

fn row(fonts: &Fonts, line: &Line, scale: f32) -> Row {
    let stack = |text: &Text, width: f32, zh: Style, en: Style| -> Vec<(Setting, &'static str)> {
        languages(text)
            .into_iter()
            .enumerate()
            .map(|(number, (text, lang))| (set(fonts, text, width, if number == 0 { zh } else { en }), lang))
            .collect()
    };
    let (quiet, ink) = (QUIET_INK, INK);
    let label = stack(
        &line.label,
        LABELS - 3.0 * MM,
        style(10.0 * scale, false, quiet),
        style(9.0 * scale, false, quiet),
    );
    let value = stack(
        &line.value,
        WIDTH - LABELS,
        style(11.0 * scale, false, ink),
        style(10.0 * scale, false, ink),
    );
    let height = |cell: &[(Setting, &str)]| cell.iter().map(|(s, _)| s.height()).sum::<f32>();
    let height = height(&label).max(height(&value)) + 4.0 * scale;
    Row { label, value, height }
}

fn draw_table(canvas: &mut Canvas<'_>, section: Tagged, rows: Vec<Row>, top: f32, extra: f32) {
    let summary = Some(joined(words::LINES));
    let table = canvas.tag(Some(section), Tag::Table.with_summary(summary));
    let body = canvas.tag(Some(table), Tag::TBody);
    canvas.rect((LEFT, top, WIDTH, 0.8), ACCENT);
    let mut y = top;
    for row in rows {
        let tr = canvas.tag(Some(body), Tag::TR);
        let height = row.height + extra;
        let cells = [
            (
                canvas.tag(Some(tr), Tag::TH(TableHeaderScope::Row)),
                LEFT,
                row.label,
            ),
            (canvas.tag(Some(tr), Tag::TD), LEFT + LABELS, row.value),
        ];
        for (cell, x, settings) in cells {
            let inner: f32 = settings.iter().map(|(s, _)| s.height()).sum();
            let mut at = y + (height - inner) / 2.0;
            for (setting, lang) in settings {
                at += canvas.text(Some(cell), (x, at), Align::Left, setting, lang);
            }
        }
        y += height;
        canvas.rect((LEFT, y, WIDTH, 0.5), RULE);
    }
}

/// Draws the code. Answers where the words beside it begin.
fn draw_code(canvas: &mut Canvas<'_>, top: f32, code: Code) -> (f32, f32) {
    let module = CODE_SIDE / (code.width + 2 * QUIET) as f32;
    let quiet = QUIET as f32 * module;
    // The quiet zone reaches into the margin, so that the code stands flush with the text above.
    let figure = canvas.tag(None, Tag::Figure(Some(joined(words::CODE_ALT))));
    canvas.code(figure, (LEFT, top + quiet), module, code);
    (LEFT + CODE_SIDE - quiet + 4.0 * MM, top + quiet)
}

/// The code, if there is one, and beside it how to check.
fn check_block(canvas: &mut Canvas<'_>, sheet: &CertificateSheet, top: f32, code: Option<Code>) {
    let photo = if code.is_some() {
        words::HOW_PHOTO
    } else {
        words::HOW_FILE
    };
    let (x, mut y) = match code {
        Some(code) => draw_code(canvas, top, code),
        None => (LEFT, top),
    };
    let width = LEFT + WIDTH - x;
    canvas.mark(1, joined(words::HOW), y);
    let section = canvas.tag(None, Tag::Section);
    let head = canvas.tag(Some(section), Tag::Hn(level(2), Some(joined(words::HOW))));
    let fonts = canvas.fonts;
    for (text, lang) in both(words::HOW) {
        let setting = set(fonts, text, width, style(11.5, true, ACCENT));
        y += canvas.text(Some(head), (x, y), Align::Left, setting, lang);
    }
    y += 2.5 * MM;
    let parts = [
        (photo, Some(sheet.check_address.as_str())),
        (words::HOW_OFFLINE, Some(words::COMMAND)),
        (words::HOW_STATUS, None),
    ];
    for (pair, exact) in parts {
        let paragraph = canvas.tag(Some(section), Tag::P);
        for (text, lang) in both(pair) {
            let setting = set(fonts, text, width, style(9.0, false, INK));
            y += canvas.text(Some(paragraph), (x, y), Align::Left, setting, lang);
        }
        if let Some(exact) = exact {
            let paragraph = canvas.tag(Some(section), Tag::P);
            let setting = set(fonts, exact, width, style(9.0, true, ACCENT));
            y += canvas.text(Some(paragraph), (x, y + 1.5), Align::Left, setting, "en") + 1.5;
        }
        y += 3.0 * MM;
    }
}

fn both(pair: Pair) -> [(&'static str, &'static str); 2] {
    [(pair.0, "zh-CN"), (pair.1, "en")]
}
