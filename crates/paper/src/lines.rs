//! Setting text: characters to glyphs, and lines broken for Chinese and Latin.

use krilla::text::{GlyphId, KrillaGlyph};

use crate::fonts::{FontNumber, Fonts, is_ignored, is_selector};

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Size in points.
    pub(crate) size: f32,
    /// Whether in the bold face.
    pub(crate) bold: bool,
    /// Grey or colour: red, green, blue.
    pub(crate) ink: (u8, u8, u8),
}

impl Style {
    /// From one baseline to the next, in points.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.42
    }

    /// From the top of a line to its baseline, in points.
    pub(crate) fn ascent(self) -> f32 {
        self.size * 1.1
    }
}

/// Glyphs of one font in a row.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) font: FontNumber,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In em.
    pub(crate) width: f32,
}

/// One line that is ready to draw.
#[derive(Debug)]
pub(crate) struct SetLine {
    pub(crate) runs: Vec<Run>,
    /// In points, without a blank at the end.
    pub(crate) width: f32,
    /// What to copy, where it differs from what shows.
    pub(crate) actual: Option<String>,
}

/// Text in lines.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) lines: Vec<SetLine>,
    pub(crate) style: Style,
}

impl Setting {
    pub(crate) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.style.leading()
    }
}

/// A character of the text, with the glyphs that show it.
struct Unit<'t> {
    source: &'t str,
    character: char,
    glyphs: Vec<(FontNumber, char, u32, f32)>,
    replaced: bool,
}

impl Unit<'_> {
    fn width(&self) -> f32 {
        self.glyphs.iter().map(|g| g.3).sum()
    }
}

/// Sets a text in lines of at most `width` points.
pub(crate) fn set(fonts: &Fonts, text: &str, width: f32, style: Style) -> Setting {
    let units = units(fonts, text, style.bold);
    let ranges = break_lines(&units, width / style.size);
    let lines = ranges
        .into_iter()
        .map(|range| set_line(&units[range], style.size))
        .collect();
    Setting { lines, style }
}

fn units<'t>(fonts: &Fonts, text: &'t str, bold: bool) -> Vec<Unit<'t>> {
    let mut units = Vec::with_capacity(text.len() / 2);
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let selector = characters.next_if(|(_, next)| is_selector(*next));
        let end = characters.peek().map_or(text.len(), |(at, _)| *at);
        let source = &text[start..end];
        let character = if character != '\n' && character.is_whitespace() {
            ' '
        } else {
            character
        };
        if character == '\n' {
            units.push(Unit {
                source,
                character,
                glyphs: Vec::new(),
                replaced: false,
            });
            continue;
        }
        if character != ' ' && is_ignored(character) {
            continue;
        }
        let found = fonts.find(character, selector.map(|(_, s)| s), bold);
        let (glyphs, replaced) = match found {
            Some((font, glyph, width)) => (vec![(font, character, glyph, width)], false),
            None => (code_point(fonts, character, bold), true),
        };
        units.push(Unit {
            source,
            character,
            glyphs,
            replaced,
        });
    }
    units
}

/// The code point in brackets, in place of a character that no font has.
fn code_point(fonts: &Fonts, character: char, bold: bool) -> Vec<(FontNumber, char, u32, f32)> {
    format!("[U+{:04X}]", u32::from(character))
        .chars()
        .filter_map(|c| {
            fonts
                .find(c, None, bold)
                .map(|(font, glyph, width)| (font, c, glyph, width))
        })
        .collect()
}

/// Greedy line breaking; a word longer than the line is cut.
fn break_lines(units: &[Unit<'_>], width: f32) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut used, mut chance) = (0, 0.0, None);
    for (at, unit) in units.iter().enumerate() {
        if unit.character == '\n' {
            lines.push(start..at);
            (start, used, chance) = (at + 1, 0.0, None);
            continue;
        }
        if used + unit.width() > width && at > start && unit.character != ' ' {
            let end = chance.unwrap_or(at);
            lines.push(start..end);
            used = units[end..at].iter().map(Unit::width).sum();
            (start, chance) = (end, None);
        }
        used += unit.width();
        if let Some(next) = units.get(at + 1)
            && may_break(unit.character, next.character)
        {
            chance = Some(at + 1);
        }
    }
    lines.push(start..units.len());
    lines
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    if before == ' ' {
        return after != ' ';
    }
    if after == ' ' || after == '\n' || closes(after) || opens(before) {
        return false;
    }
    if is_wide(before) || is_wide(after) {
        return true;
    }
    // Addresses and compound words; not dates and numbers.
    matches!(before, '/' | '-' | '?' | '&') && after.is_alphabetic()
}

fn closes(character: char) -> bool {
    "，。、；：？！）》〉」』】〕〗’”…—·,.;:?!)]}%％".contains(character)
}

fn opens(character: char) -> bool {
    "（《〈「『【〔〖‘“([{".contains(character)
}

fn is_wide(character: char) -> bool {
    matches!(u32::from(character), 0x2e80..=0xffef | 0x2_0000..=0x3_ffff)
}

fn set_line(units: &[Unit<'_>], size: f32) -> SetLine {
    let mut runs: Vec<Run> = Vec::new();
    for unit in units {
        for (index, (font, character, glyph, width)) in unit.glyphs.iter().enumerate() {
            if runs.last().is_none_or(|run| run.font != *font) {
                runs.push(Run {
                    font: *font,
                    text: String::new(),
                    glyphs: Vec::new(),
                    width: 0.0,
                });
            }
            let Some(run) = runs.last_mut() else { continue };
            let start = run.text.len();
            // A variation selector stays with its character when copied.
            if index == 0 && !unit.replaced && unit.character != ' ' {
                run.text.push_str(unit.source);
            } else {
                run.text.push(*character);
            }
            let range = start..run.text.len();
            run.glyphs.push(KrillaGlyph::new(
                GlyphId::new(*glyph),
                *width,
                0.0,
                0.0,
                0.0,
                range,
                None,
            ));
            run.width += width;
        }
    }
    let trailing: f32 = units
        .iter()
        .rev()
        .take_while(|u| u.character == ' ')
        .map(Unit::width)
        .sum();
    let width = (runs.iter().map(|r| r.width).sum::<f32>() - trailing) * size;
    let actual = units
        .iter()
        .any(|u| u.replaced)
        .then(|| units.iter().map(|u| u.source).collect());
    SetLine { runs, width, actual }
}

/// The language of a text that is printed once for both: Chinese where it has Chinese characters.
pub(crate) fn language_of(text: &str) -> &'static str {
    if text.chars().any(is_wide) { "zh-CN" } else { "en" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::{Arc, OnceLock};

    const PLAIN: Style = Style {
        size: 10.0,
        bold: false,
        ink: (0, 0, 0),
    };

    fn fonts() -> &'static Arc<Fonts> {
        static FONTS: OnceLock<Arc<Fonts>> = OnceLock::new();
        FONTS.get_or_init(|| Fonts::load().expect("fonts-noto-cjk and fonts-hanazono are installed"))
    }

    fn shown(setting: &Setting) -> Vec<String> {
        setting
            .lines
            .iter()
            .map(|l| l.runs.iter().map(|r| r.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_closing_marks() {
        let lines = shown(&set(fonts(), "一二三四五，六七", 50.0, PLAIN));
        assert_eq!(lines, ["一二三四", "五，六七"]);
    }

    #[test]
    fn english_breaks_at_blanks_and_long_words_are_cut() {
        let lines = shown(&set(fonts(), "good standing", 45.0, PLAIN));
        assert_eq!(lines, ["good ", "standing"]);
        assert!(set(fonts(), &"a".repeat(40), 40.0, PLAIN).lines.len() > 3);
    }

    #[test]
    fn a_character_without_a_form_shows_its_code_point_and_copies_as_itself() {
        let setting = set(fonts(), "王\u{e123}", 200.0, PLAIN);
        assert_eq!(shown(&setting), ["王[U+E123]"]);
        assert_eq!(setting.lines[0].actual.as_deref(), Some("王\u{e123}"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_line_is_wider_than_asked_and_no_character_is_lost(
            text in "[a-z0-9一-十，。（） -]{0,120}", width in 40.0f32..300.0,
        ) {
            let setting = set(fonts(), &text, width, PLAIN);
            for line in &setting.lines {
                prop_assert!(line.width <= width + 0.01);
            }
            prop_assert_eq!(shown(&setting).concat(), text);
        }
    }
}
