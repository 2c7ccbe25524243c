//! The words of what is sent by e-mail. There are two kinds: there is something in your inbox, and the code by
//! which a person shows that an address is theirs. Neither says anything about anybody, for mail is read on the way.

use crate::{Language, Text2};

/// What stands for the address of the portal in the body of a notice.
pub(crate) const ADDRESS: &str = "{address}";
/// What stands for the code in the body of the letter that brings it.
pub(crate) const CODE: &str = "{code}";

/// The words of the letters that are sent by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTexts {
    /// The subject; one line.
    pub subject: Text2,
    /// The body, with `{address}` where the address of the portal goes, and no other placeholder.
    pub body: Text2,
    /// The letter with a code.
    pub code: CodeTexts,
}

/// The words of the letter with the code by which a person shows that an address is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTexts {
    /// The subject; one line.
    pub subject: Text2,
    /// The body, with `{address}` and `{code}` where those go, and no other placeholder.
    pub body: Text2,
}

impl CodeTexts {
    /// The body in `language`, with the code and the address of the portal in their places.
    pub fn body(&self, language: Language, address: &str, code: &str) -> String {
        self.body
            .get(language)
            .replace(CODE, code)
            .replace(ADDRESS, address)
    }
}

impl NoticeTexts {
    /// The body in `language`, with the address of the portal in its place.
    pub fn body(&self, language: Language, address: &str) -> String {
        self.body.get(language).replace(ADDRESS, address)
    }
}

/// The first thing in braces that is not `allowed`; a brace that is not closed, with what follows it.
pub(crate) fn other_placeholder<'t>(text: &'t str, allowed: &[&str]) -> Option<&'t str> {
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let found = &rest[at..];
        if let Some(after) = allowed.iter().find_map(|one| found.strip_prefix(one)) {
            rest = after;
            continue;
        }
        let end = found.find('}').map_or(found.len(), |end| end + 1);
        return Some(&found[..end]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_placeholder_but_those_allowed() {
        for (text, other) in [
            ("", None),
            ("看 {address}。", None),
            ("{address}{address}", None),
            ("{address} {name}", Some("{name}")),
            ("{ address }", Some("{ address }")),
            ("{Address}", Some("{Address}")),
            ("{{address}}", Some("{{address}")),
            ("{address", Some("{address")),
            ("好}", Some("}")),
        ] {
            assert_eq!(other_placeholder(text, &[ADDRESS]), other, "{text}");
        }
        assert_eq!(other_placeholder("{code} {address}", &[ADDRESS, CODE]), None);
        assert_eq!(other_placeholder("{code} {address}", &[ADDRESS]), Some("{code}"));
    }

    #[test]
    fn the_body_has_the_address_in_its_place() {
        let two = |zh: &str, en: &str| Text2 {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let texts = NoticeTexts {
            subject: two("新消息", "A message"),
            body: two("请看 {address}。", "See {address}."),
            code: CodeTexts {
                subject: two("验证码", "Your code"),
                body: two("{code}，{address}", "{code} at {address}"),
            },
        };
        let address = "https://standing.example";
        assert_eq!(
            texts.body(Language::Zh, address),
            "请看 https://standing.example。"
        );
        assert_eq!(texts.body(Language::En, address), "See https://standing.example.");
        assert_eq!(
            texts.code.body(Language::En, address, "1234 5678"),
            "1234 5678 at https://standing.example"
        );
    }
}
