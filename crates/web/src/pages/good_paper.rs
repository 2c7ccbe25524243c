//! The good record in the copy on paper of everything that is held.

use paper::{Line, Section, Text};
use profile::Profile;
use registry::PersonFile;

use super::good_record::{Proposal, pledge_text};
use crate::{page::Page, said, words::Key};

/// Its parts: what was proposed, what is published, what was pledged. None where there is nothing of it.
pub(super) fn sections(page: &Page, profile: &Profile, file: &PersonFile) -> Vec<Section> {
    let good = &file.good_record;
    let word = |key: Key| Text::same(page.say(key).to_string());
    let line = |key: Key, value: String| Line::new(word(key), Text::same(value));
    let part = |level, heading: Text, lines| Section {
        level,
        heading,
        intro: None,
        lines,
    };
    let mut sections = Vec::new();
    for view in &good.proposals {
        let one = Proposal::new(profile, view, page.language);
        let mut lines = vec![
            line(Key("proposal-by"), one.association),
            line(Key("proposal-to"), one.authority),
            line(Key("proposal-at"), page.moment(&one.proposed_at)),
            line(Key("proposal-standing"), page.say(one.standing).to_string()),
        ];
        let fields = one.fields.into_iter();
        lines.extend(fields.map(|field| Line::new(Text::same(field.label), Text::same(field.value))));
        let heading = format!("{} · {}", page.say(Key("good-proposal")), one.profession);
        sections.push(part(2, Text::same(heading), lines));
    }
    for one in &good.publications {
        let record = file.records.iter().find(|view| view.record == one.record);
        let said = record.map(|view| said::fields(profile, view.kind, &view.fields, page.language));
        let fields = said.into_iter().flatten();
        let mut lines: Vec<Line> = fields
            .map(|field| Line::new(Text::same(field.label), Text::same(field.value)))
            .collect();
        lines.push(line(Key("event-publication-given"), page.moment(&one.given_at)));
        sections.push(part(2, word(Key("good-publication")), lines));
    }
    for one in &good.pledges {
        let profession = said::profession(profile, &one.profession, page.language);
        let lines = vec![
            line(Key("good-pledge"), pledge_text(profile, &one.word, page.language)),
            line(Key("event-pledge-made"), page.moment(&one.made_at)),
        ];
        let heading = format!("{} · {profession}", page.say(Key("good-pledge")));
        sections.push(part(2, Text::same(heading), lines));
    }
    if !sections.is_empty() {
        sections.insert(0, part(1, word(Key("good-title")), Vec::new()));
    }
    sections
}
