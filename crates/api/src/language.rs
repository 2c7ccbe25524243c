//! The language that a request asks for (RFC 9110, section 12.5.4).

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::HeaderMap, http::header::ACCEPT_LANGUAGE, http::request::Parts};
use intake::MessageLanguage;
use profile::Language;

use crate::state::Shared;

/// The language of an answer: the first asked for that there is, else the installation's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(pub(crate) Language);

impl Asked {
    pub(crate) fn of(headers: &HeaderMap, own: Language) -> Self {
        let text = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut best: Option<(f32, Language)> = None;
        for part in text.split(',') {
            let (tag, parameter) = part.split_once(';').unwrap_or((part, "q=1"));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let known = Language::ALL
                .into_iter()
                .find(|one| primary.eq_ignore_ascii_case(one.code()));
            let weight = parameter
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                .unwrap_or(0.0);
            if let Some(language) = known {
                // The first of equals wins.
                if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
                    best = Some((weight, language));
                }
            }
        }
        Self(best.map_or(own, |(_, language)| language))
    }

    /// The same for the messages of faults.
    pub(crate) fn messages(self) -> MessageLanguage {
        match self.0 {
            Language::Zh => MessageLanguage::Zh,
            Language::En => MessageLanguage::En,
        }
    }
}

impl FromRequestParts<Shared> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, state.language()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_that_there_is_wins_and_the_own_one_stands_in() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
            Asked::of(&headers, Language::Zh).0
        };
        assert_eq!(of("en-GB,en;q=0.9,zh;q=0.8"), Language::En);
        assert_eq!(of("zh-CN, en;q=0.5"), Language::Zh);
        assert_eq!(of("en;q=0.1, ZH-Hans;q=0.2"), Language::Zh);
        assert_eq!(of("fr, en;q=0"), Language::Zh);
        assert_eq!(of("de, en;q=0.1"), Language::En);
        assert_eq!(Asked::of(&HeaderMap::new(), Language::En).0, Language::En);
    }
}
