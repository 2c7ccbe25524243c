//! The words of notices by e-mail. There is one kind: there is something in your inbox. It says nothing about
//! anybody, for mail is read on the way.

use crate::{Language, Text2};

/// What stands for the address of the portal in the body of a notice.
pub(crate) const ADDRESS: &str = "{address}";

/// The words of the one kind of notice that is sent by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTexts {
    /// The subject; one line.
    pub subject: Text2,
    /// The body, with `{address}` where the address of the portal goes, and no other placeholder.
    pub body: Text2,
}

impl NoticeTexts {
    /// The body in `language`, with the address of the portal in its place.
    pub fn body(&self, language: Language, address: &str) -> String {
        self.body.get(language).replace(ADDRESS, address)
    }
}

/// The first thing in braces that is not `{address}`; a brace that is not closed, with what follows it.
pub(crate) fn other_placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let found = &rest[at..];
        if let Some(after) = found.strip_prefix(ADDRESS) {
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
    fn the_address_is_the_only_placeholder() {
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
            assert_eq!(other_placeholder(text), other, "{text}");
        }
    }

    #[test]
    fn the_body_has_the_address_in_its_place() {
        let texts = NoticeTexts {
            subject: Text2 {
                zh: "新消息".to_owned(),
                en: "A message".to_owned(),
            },
            body: Text2 {
                zh: "请看 {address}。".to_owned(),
                en: "See {address}.".to_owned(),
            },
        };
        let address = "https://standing.example";
        assert_eq!(
            texts.body(Language::Zh, address),
            "请看 https://standing.example。"
        );
        assert_eq!(texts.body(Language::En, address), "See https://standing.example.");
    }
}
