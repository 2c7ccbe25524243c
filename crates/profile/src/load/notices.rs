//! `notices.toml`: the words of what is sent by e-mail.

use super::{node::Node, table::Table};
use crate::{
    CodeTexts, Language, NoticeTexts, Text2,
    notices::{ADDRESS, CODE, other_placeholder},
};

/// The longest subject, in characters: longer ones are cut off in lists of mail.
const LONGEST_SUBJECT: usize = 78;

/// The placeholders of a body, all of which it has.
struct Placeholders {
    all: &'static [&'static str],
    /// What to write where there is another one.
    expected: &'static str,
    /// What to write where one of them is missing.
    missing: &'static str,
}

const NOTICE: Placeholders = Placeholders {
    all: &[ADDRESS],
    expected: "no placeholder but {address}, which stands for the address of the portal",
    missing: "a text with {address}, which stands for the address of the portal",
};

const WITH_CODE: Placeholders = Placeholders {
    all: &[ADDRESS, CODE],
    expected: "no placeholders but {address}, for the address of the portal, and {code}",
    missing: "a text with {address}, for the address of the portal, and {code}",
};

pub(super) fn read(table: Table<'_>) -> Option<NoticeTexts> {
    let (subject, body) = letter(&table, &NOTICE);
    let code = table.required("code", "the letter with a code");
    let code = code.and_then(|node| node.table("a table with subject and body"));
    let code = code.and_then(|table| {
        let (subject, body) = letter(&table, &WITH_CODE);
        table.finish();
        Some(CodeTexts {
            subject: subject?,
            body: body?,
        })
    });
    table.finish();
    Some(NoticeTexts {
        subject: subject?,
        body: body?,
        code: code?,
    })
}

fn letter(table: &Table<'_>, placeholders: &Placeholders) -> (Option<Text2>, Option<Text2>) {
    let subject = table.required("subject", "the subject in both languages");
    let body = table.required("body", "the body in both languages");
    (
        subject.and_then(|node| self::subject(&node)),
        body.and_then(|node| self::body(&node, placeholders)),
    )
}

fn subject(node: &Node<'_>) -> Option<Text2> {
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
}

fn body(node: &Node<'_>, placeholders: &Placeholders) -> Option<Text2> {
    let body = node.text2()?;
    for language in Language::ALL {
        let text = body.get(language);
        if let Some(other) = other_placeholder(text, placeholders.all) {
            let message = format!("“{other}” is not a placeholder here");
            node.fault_below(language.code(), &message, placeholders.expected);
        } else if let Some(missing) = placeholders.all.iter().find(|one| !text.contains(**one)) {
            let message = if *missing == ADDRESS {
                "does not say where to look"
            } else {
                "does not hold the code"
            };
            node.fault_below(language.code(), message, placeholders.missing);
        }
    }
    Some(body)
}
