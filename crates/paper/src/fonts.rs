//! Fonts: found once, shared by every document.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use krilla::text::Font;
use skrifa::charmap::{Charmap, MapVariant};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use crate::PaperError;

/// What a font is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Running text. The first readable one is taken.
    Main,
    /// Headings. The first readable one is taken; without one, headings take the main face.
    Bold,
    /// Characters that the main face lacks. All readable ones are taken, in their order, when needed.
    Further,
}

/// A font file that may be there.
#[derive(Debug, Clone)]
pub struct FontSource {
    /// Where it is.
    pub path: PathBuf,
    /// The index in a collection; 0 for a plain font.
    pub index: u32,
    /// What it is for.
    pub face: Face,
}

impl FontSource {
    /// A font file.
    pub fn new(path: impl Into<PathBuf>, index: u32, face: Face) -> Self {
        Self {
            path: path.into(),
            index,
            face,
        }
    }

    /// The usual places: Debian's `fonts-noto-cjk` (simplified Chinese is number 2 of the collection)
    /// and `fonts-hanazono`, then where other systems put the same fonts.
    pub fn usual() -> Vec<Self> {
        let noto = |directory: &str| {
            [
                Self::new(format!("{directory}/NotoSansCJK-Regular.ttc"), 2, Face::Main),
                Self::new(format!("{directory}/NotoSansCJK-Bold.ttc"), 2, Face::Bold),
            ]
        };
        let mut sources = Vec::new();
        for directory in [
            "/usr/share/fonts/opentype/noto",
            "/usr/share/fonts/noto-cjk",
            "/usr/share/fonts/google-noto-cjk",
            "/usr/local/share/fonts/noto-cjk",
        ] {
            sources.extend(noto(directory));
        }
        for name in ["HanaMinA.ttf", "HanaMinB.ttf"] {
            for directory in ["/usr/share/fonts/truetype/hanazono", "/usr/share/fonts/hanazono"] {
                sources.push(Self::new(format!("{directory}/{name}"), 0, Face::Further));
            }
        }
        sources
    }
}

/// A font that is in memory.
pub(crate) struct Loaded {
    data: Arc<Vec<u8>>,
    index: u32,
    /// The same font for the PDF library.
    pub(crate) font: Font,
}

impl Loaded {
    fn read(source: &FontSource) -> Result<Self, PaperError> {
        let unreadable = || PaperError::FontUnreadable {
            path: source.path.clone(),
            index: source.index,
        };
        let data = Arc::new(std::fs::read(&source.path).map_err(|_| unreadable())?);
        FontRef::from_index(&data, source.index).map_err(|_| unreadable())?;
        let font = Font::new(Arc::clone(&data).into(), source.index).ok_or_else(unreadable)?;
        Ok(Self {
            data,
            index: source.index,
            font,
        })
    }

    /// The tables to look glyphs up in; `None` can't happen for a font that [`Loaded::read`] took.
    pub(crate) fn tables(&self) -> Option<Tables<'_>> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Tables {
            charmap: font.charmap(),
            metrics,
            em: self.font.units_per_em(),
        })
    }
}

/// A font's character map and widths.
pub(crate) struct Tables<'a> {
    charmap: Charmap<'a>,
    metrics: GlyphMetrics<'a>,
    em: f32,
}

impl Tables<'_> {
    /// The glyph of a character, with its width in em; with the variant form where the font has it.
    pub(crate) fn glyph(&self, character: char, selector: Option<char>) -> Option<(u32, f32)> {
        let plain = || self.charmap.map(character);
        let glyph = match selector.and_then(|s| self.charmap.map_variant(character, s)) {
            Some(MapVariant::Variant(glyph)) => glyph,
            Some(MapVariant::UseDefault) | None => plain()?,
        };
        if glyph.to_u32() == 0 {
            return None;
        }
        Some((glyph.to_u32(), self.metrics.advance_width(glyph)? / self.em))
    }
}

struct Further {
    source: FontSource,
    loaded: OnceLock<Option<Loaded>>,
}

/// The fonts that documents are set in. Load once and share: the main face alone has 19 MB.
pub struct Fonts {
    main: Loaded,
    bold: Option<Loaded>,
    further: Vec<Further>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts")
            .field("bold", &self.bold.is_some())
            .finish_non_exhaustive()
    }
}

/// The number of a font within [`Fonts`].
pub(crate) type FontNumber = usize;

impl Fonts {
    /// Loads the fonts from the usual places of the system.
    ///
    /// # Errors
    /// [`PaperError::FontsMissing`] without a main face; [`PaperError::FontUnreadable`] for a broken one.
    pub fn load() -> Result<Arc<Self>, PaperError> {
        Self::from_sources(&FontSource::usual())
    }

    /// Loads the fonts from explicit places; files that aren't there are passed over.
    ///
    /// # Errors
    /// As [`Fonts::load`].
    pub fn from_sources(sources: &[FontSource]) -> Result<Arc<Self>, PaperError> {
        let there = |face| sources.iter().filter(move |s| s.face == face && s.path.is_file());
        let main = there(Face::Main).next().ok_or_else(|| PaperError::FontsMissing {
            looked: sources
                .iter()
                .filter(|s| s.face == Face::Main)
                .map(|s| s.path.clone())
                .collect(),
        })?;
        let bold = there(Face::Bold).next().map(Loaded::read).transpose()?;
        let further = there(Face::Further)
            .map(|source| Further {
                source: source.clone(),
                loaded: OnceLock::new(),
            })
            .collect();
        Ok(Arc::new(Self {
            main: Loaded::read(main)?,
            bold,
            further,
        }))
    }

    /// How many different characters of a text no font has; they will print as `[U+XXXX]`.
    pub fn missing(&self, text: &str) -> usize {
        let mut characters: Vec<char> = text.chars().filter(|c| !is_ignored(*c)).collect();
        characters.sort_unstable();
        characters.dedup();
        characters
            .into_iter()
            .filter(|c| self.find(*c, None, false).is_none())
            .count()
    }

    /// The paths of the further fonts that are there.
    pub fn further_paths(&self) -> impl Iterator<Item = &Path> {
        self.further.iter().map(|f| f.source.path.as_path())
    }

    /// The first font that has a character: bold if asked for, main, then the further ones.
    pub(crate) fn find(
        &self,
        character: char,
        selector: Option<char>,
        bold: bool,
    ) -> Option<(FontNumber, u32, f32)> {
        // A private-use character means whatever its font says, and PDF/A refuses it.
        if is_private(character) || character.is_control() {
            return None;
        }
        let first = usize::from(!bold);
        (first..2 + self.further.len()).find_map(|number| {
            let (glyph, width) = self.get(number)?.tables()?.glyph(character, selector)?;
            Some((number, glyph, width))
        })
    }

    /// A font by its number: 0 bold, 1 main, then the further ones, read when first asked for.
    pub(crate) fn get(&self, number: FontNumber) -> Option<&Loaded> {
        match number {
            0 => self.bold.as_ref(),
            1 => Some(&self.main),
            _ => {
                let further = self.further.get(number - 2)?;
                further
                    .loaded
                    .get_or_init(|| Loaded::read(&further.source).ok())
                    .as_ref()
            }
        }
    }
}

/// Characters that have no form of their own: variation selectors, joiners, marks of byte order.
pub(crate) fn is_ignored(character: char) -> bool {
    is_selector(character)
        || character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fffe}'
        )
}

/// A selector of a character's variant form.
pub(crate) fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_font_anywhere_says_which_paths_were_tried() {
        let sources = [FontSource::new("/nowhere/font.ttc", 2, Face::Main)];
        let error = Fonts::from_sources(&sources).unwrap_err();
        assert_eq!(error.code(), "fonts-missing");
        assert!(error.to_string().contains("/nowhere/font.ttc"));
    }

    #[test]
    fn rare_characters_of_names_have_a_form() {
        let fonts = Fonts::load().expect("fonts-noto-cjk and fonts-hanazono are installed");
        assert_eq!(fonts.missing("㛃𠮷䶮龘"), 0);
        // U+2B740 is only in the further font.
        assert_eq!(fonts.missing("\u{2b740}"), 0);
        assert_eq!(
            fonts.find('\u{2b740}', None, false).map(|(n, ..)| n >= 2),
            Some(true)
        );
    }

    #[test]
    fn characters_without_a_form_are_counted() {
        let fonts = Fonts::load().expect("fonts-noto-cjk and fonts-hanazono are installed");
        assert_eq!(fonts.missing("王\u{e123}\u{e123}\u{e124}"), 2);
    }
}
