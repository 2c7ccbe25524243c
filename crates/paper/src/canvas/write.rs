//! Writing a finished canvas as a PDF.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as TagNode, SpanTag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

use super::{Attachment, Canvas, Child, Drawing, Group, Mark, PAGE, Placed};
use crate::PaperError;
use crate::fonts::Fonts;

impl Canvas<'_> {
    /// Writes the PDF. Equal content gives equal bytes.
    pub(crate) fn finish(
        self,
        title: String,
        language: &str,
        date: Timestamp,
        attachment: Option<Attachment<'_>>,
    ) -> Result<Vec<u8>, PaperError> {
        let refused = |error: String| PaperError::Pdf(error);
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|e| refused(format!("{e:?}")))?;
        let settings = SerializeSettings {
            configuration,
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        let date = date_of(date);
        let mut identifiers = vec![None; self.pieces];
        for page in &self.pages {
            let size =
                PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| refused("page size".to_owned()))?;
            let mut sheet = document.start_page_with(size);
            let mut surface = sheet.surface();
            for placed in page {
                let identifier = draw(&mut surface, self.fonts, placed);
                if let Some(piece) = placed.piece {
                    identifiers[piece] = Some(identifier);
                }
            }
            surface.finish();
            sheet.finish();
        }
        document.set_tag_tree(tag_tree(&self.groups, &self.roots, &identifiers, language));
        document.set_outline(outline(&self.marks));
        document.set_metadata(
            Metadata::new()
                .title(title)
                .language(language.to_owned())
                .creator("Standing".to_owned())
                .creation_date(date),
        );
        if let Some(attachment) = attachment {
            embed(&mut document, &attachment, date)?;
        }
        document.finish().map_err(|error| match &error {
            // The faults themselves can quote text; their kinds can't.
            krilla::error::KrillaError::Validation(faults) => {
                refused(format!("{} faults of conformance", faults.len()))
            }
            other => refused(other.to_string()),
        })
    }
}

fn embed(document: &mut Document, file: &Attachment<'_>, date: DateTime) -> Result<(), PaperError> {
    document
        .embed_file(EmbeddedFile {
            path: file.name.to_owned(),
            mime_type: MimeType::new(file.mime),
            description: Some(file.description.clone()),
            association_kind: AssociationKind::Source,
            data: file.content.as_bytes().to_vec().into(),
            modification_date: Some(date),
            compress: Some(true),
            location: None,
        })
        .ok_or_else(|| PaperError::Pdf("the attachment was refused".to_owned()))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, placed: &Placed) -> Identifier {
    let tag = match (&placed.drawing, placed.piece) {
        (_, None) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        (Drawing::Line { line, lang, .. }, _) => ContentTag::Span(
            SpanTag::empty()
                .with_lang(Some(lang))
                .with_actual_text(line.actual.as_deref()),
        ),
        _ => ContentTag::Other,
    };
    let identifier = surface.start_tagged(tag);
    match &placed.drawing {
        Drawing::Line {
            x,
            baseline,
            line,
            style,
            ..
        } => {
            surface.set_fill(Some(fill(style.ink)));
            let mut x = *x;
            for run in &line.runs {
                if let Some(loaded) = fonts.get(run.font) {
                    let (start, font) = (Point::from_xy(x, *baseline), loaded.font.clone());
                    surface.draw_glyphs(start, &run.glyphs, font, &run.text, style.size, false);
                }
                x += run.width * style.size;
            }
        }
        Drawing::Rect {
            rect: (x, y, w, h),
            ink,
        } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) {
                path.push_rect(rect);
            }
            fill_path(surface, path, *ink);
        }
        Drawing::Code { x, y, module, code } => {
            // In modules, so that the many numbers are small and whole.
            let mut path = PathBuilder::new();
            for polygon in code.outline() {
                for (number, (px, py)) in polygon.into_iter().enumerate() {
                    let (px, py) = (px as f32, py as f32);
                    if number == 0 {
                        path.move_to(px, py)
                    } else {
                        path.line_to(px, py)
                    }
                }
                path.close();
            }
            surface.push_transform(&Transform::from_row(*module, 0.0, 0.0, *module, *x, *y));
            fill_path(surface, path, (0, 0, 0));
            surface.pop();
        }
    }
    surface.end_tagged();
    identifier
}

fn fill_path(surface: &mut Surface<'_>, path: PathBuilder, ink: (u8, u8, u8)) {
    if let Some(path) = path.finish() {
        surface.set_fill(Some(fill(ink)));
        surface.draw_path(&path);
    }
}

fn fill(ink: (u8, u8, u8)) -> Fill {
    Fill {
        paint: rgb::Color::new(ink.0, ink.1, ink.2).into(),
        rule: FillRule::EvenOdd,
        ..Fill::default()
    }
}

fn tag_tree(
    groups: &[Group],
    roots: &[usize],
    identifiers: &[Option<Identifier>],
    language: &str,
) -> TagTree {
    fn build(groups: &[Group], number: usize, identifiers: &[Option<Identifier>]) -> TagGroup {
        let children = groups[number]
            .children
            .iter()
            .filter_map(|child| match child {
                Child::Group(inner) => Some(TagNode::Group(build(groups, *inner, identifiers))),
                Child::Drawn(piece) => identifiers[*piece].map(TagNode::Leaf),
            })
            .collect();
        TagGroup::with_children(groups[number].tag.clone(), children)
    }
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for root in roots {
        tree.push(build(groups, *root, identifiers));
    }
    tree
}

fn outline(marks: &[Mark]) -> Outline {
    let mut tops: Vec<OutlineNode> = Vec::new();
    for mark in marks {
        let to = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        let node = OutlineNode::new(mark.title.clone(), to);
        match tops.last_mut() {
            Some(top) if mark.level > 1 => top.push_child(node),
            _ => tops.push(node),
        }
    }
    let mut outline = Outline::new();
    for top in tops {
        outline.push_child(top);
    }
    outline
}

/// A moment as PDF writes it, in UTC.
fn date_of(at: Timestamp) -> DateTime {
    let at = at.to_zoned(TimeZone::UTC);
    let small = |n: i8| u8::try_from(n).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
