//! `notices.toml`: the words of what is sent by e-mail.

use super::{node::Node, table::Table};
use crate::text::Said;
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
    expected: Said,
    /// What to write where one of them is missing.
    missing: Said,
}

const NOTICE: Placeholders = Placeholders {
    all: &[ADDRESS],
    expected: Said(
        "除 {address}（网站地址）外没有占位符",
        "no placeholder but {address}, which stands for the address of the portal",
    ),
    missing: Said(
        "含有 {address}（网站地址）的文字",
        "a text with {address}, which stands for the address of the portal",
    ),
};

const WITH_CODE: Placeholders = Placeholders {
    all: &[ADDRESS, CODE],
    expected: Said(
        "除 {address}（网站地址）和 {code} 外没有占位符",
        "no placeholders but {address}, for the address of the portal, and {code}",
    ),
    missing: Said(
        "含有 {address}（网站地址）和 {code} 的文字",
        "a text with {address}, for the address of the portal, and {code}",
    ),
};

pub(super) fn read(table: Table<'_>) -> Option<NoticeTexts> {
    let (subject, body) = letter(&table, &NOTICE);
    let code = table.required("code", Said("载有验证码的邮件", "the letter with a code"));
    let code =
        code.and_then(|node| node.table(Said("写有 subject 和 body 的表", "a table with subject and body")));
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
    let subject = table.required("subject", Said("两种语言的主题", "the subject in both languages"));
    let body = table.required("body", Said("两种语言的正文", "the body in both languages"));
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
            node.fault_below(
                language.code(),
                Said("不止一行", "has more than one line"),
                Said("一行文字", "one line of text"),
            );
        } else if text.contains(['{', '}']) {
            node.fault_below(
                language.code(),
                Said("含有占位符", "has a placeholder"),
                Said("没有花括号的文字", "a text without braces"),
            );
        } else if text.chars().count() > LONGEST_SUBJECT {
            let expected = both!(
                "最多 {LONGEST_SUBJECT} 个字符",
                "at most {LONGEST_SUBJECT} characters"
            );
            node.fault_below(language.code(), Said("过长", "is too long"), &expected);
        }
    }
    Some(subject)
}

fn body(node: &Node<'_>, placeholders: &Placeholders) -> Option<Text2> {
    let body = node.text2()?;
    for language in Language::ALL {
        let text = body.get(language);
        if let Some(other) = other_placeholder(text, placeholders.all) {
            let message = both!("“{other}”不是这里的占位符", "“{other}” is not a placeholder here");
            node.fault_below(language.code(), &message, placeholders.expected);
        } else if let Some(missing) = placeholders.all.iter().find(|one| !text.contains(**one)) {
            let message = if *missing == ADDRESS {
                Said("没有写明到哪里查看", "does not say where to look")
            } else {
                Said("没有验证码", "does not hold the code")
            };
            node.fault_below(language.code(), message, placeholders.missing);
        }
    }
    Some(body)
}
