//! Canonical texts: what people write in several ways is kept in one. Rare characters stay what they are.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A character that stands for nothing where it is: a blank, or a mark without width.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// Without the blanks around it.
pub(crate) fn trim(text: &str) -> &str {
    // Nearly all cells begin and end with what is plainly no blank.
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
        _ => text.trim_matches(is_blank),
    }
}

/// The ASCII form of a full-width character, any other as it is.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Numbers and codes: no blanks, full-width forms as ASCII.
pub(crate) fn code(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    let plain = |c: char| !is_blank(c) && narrow(c) == c;
    if text.is_ascii() && text.bytes().all(|b| b.is_ascii_graphic()) || text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_blank(*c)).map(narrow).collect())
}

/// Free text: no blanks around it, line ends as LF.
pub(crate) fn free(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A name: one blank between its parts and none between Chinese characters, full-width letters as ASCII, one
/// form of the middle dot, letters composed (Unicode NFC). A compatibility character, which NFC would turn
/// into another, stays as it is.
pub(crate) fn name(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    if text.chars().all(is_plain_in_name) {
        return Cow::Borrowed(text);
    }
    let mut canonical = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars().map(narrow) {
        if is_blank(c) {
            blank |= c.is_whitespace();
            continue;
        }
        let c = if matches!(c, '•' | '‧' | '∙' | '・' | '･') {
            '·'
        } else {
            c
        };
        if blank && !(is_han(c) && canonical.chars().next_back().is_some_and(is_han)) {
            canonical.push(' ');
        }
        blank = false;
        canonical.push(c);
    }
    let compatibility = |c| matches!(c, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}');
    if is_nfc(&canonical) || canonical.chars().any(compatibility) {
        Cow::Owned(canonical)
    } else {
        Cow::Owned(canonical.nfc().collect())
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

fn is_plain_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '·' || is_han(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_written_in_several_ways_become_one() {
        for (written, canonical) in [
            (" 许拟松　", "许拟松"),
            ("张　三", "张三"),
            ("张 三", "张三"),
            ("杨•买买提", "杨·买买提"),
            ("杨・买买提", "杨·买买提"),
            ("Ａnn   Ｌee", "Ann Lee"),
            ("Ann Lee\u{200b}", "Ann Lee"),
            ("Jose\u{301}", "Jos\u{e9}"),
            ("\u{feff}沈䶮 ", "沈䶮"),
        ] {
            assert_eq!(name(written), canonical, "{written:?}");
        }
    }

    #[test]
    fn rare_and_compatibility_characters_stay() {
        for written in ["魏𠮷", "蒋㛃", "沈䶮", "宫\u{fa11}", "\u{f9d8} 律", "李\u{2f800}"] {
            let kept = name(written);
            assert_eq!(kept.chars().next(), written.chars().next());
            assert_eq!(kept.chars().next_back(), written.chars().next_back());
        }
    }

    #[test]
    fn canonical_forms_stay_what_they_are() {
        for written in ["  Ａ １\r\nb ", "x", "", " ", "许 拟", "a  b"] {
            for form in [name as fn(&str) -> Cow<'_, str>, code, free] {
                let once = form(written).into_owned();
                assert_eq!(form(&once), once);
            }
        }
        assert_eq!(code(" ＬＡＷ-9 90\u{3000}"), "LAW-990");
        assert_eq!(code("甘许〔2018〕000004号"), "甘许〔2018〕000004号");
        assert_eq!(free(" a\r\nb\rc \n"), "a\nb\nc");
    }
}
