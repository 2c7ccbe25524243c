//! `notices.toml`: the words of notices by e-mail.

use super::table::Table;
use crate::{
    Language, NoticeTexts,
    notices::{ADDRESS, other_placeholder},
};

/// The longest subject, in characters: longer ones are cut off in lists of mail.
const LONGEST_SUBJECT: usize = 78;

pub(super) fn read(table: Table<'_>) -> Option<NoticeTexts> {
    let subject = table.required("subject", "the subject in both languages");
    let subject = subject.and_then(|node| {
        let subject = node.text2()?;
        for language in Language::ALL {
            let text = subject.get(language);
            if text.contains(char::is_control) {
                node.fault_below(language.code(), "has more than one line", "one line of text");
            } else if text.contains(['{', '}']) {
                node.fault_below(language.code(), "has a placeholder", "a text without braces");
            } else if text.chars().count() > LONGEST_SUBJECT {
                let expected = format!("at most {LONGEST_SUBJECT} characters");
                node.fault_below(language.code(), "is too long", &expected);
            }
        }
        Some(subject)
    });
    let body = table.required("body", "the body in both languages");
    let body = body.and_then(|node| {
        let body = node.text2()?;
        for language in Language::ALL {
            let text = body.get(language);
            if let Some(other) = other_placeholder(text) {
                let message = format!("“{other}” is not a placeholder here");
                let expected = "no placeholder but {address}, which stands for the address of the portal";
                node.fault_below(language.code(), &message, expected);
            } else if !text.contains(ADDRESS) {
                let expected = "a text with {address}, which stands for the address of the portal";
                node.fault_below(language.code(), "does not say where to look", expected);
            }
        }
        Some(body)
    });
    table.finish();
    Some(NoticeTexts {
        subject: subject?,
        body: body?,
    })
}
