//! Which language a page is in: the visitor's choice if they made one, else what their browser asks for,
//! else the first of the profile.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use profile::Language;

use crate::{Shared, cookie};

/// The name of the cookie that holds the choice. It says nothing of who chose.
pub(crate) const COOKIE: &str = "standing_language";

/// A year, in seconds.
const A_YEAR: u64 = 365 * 24 * 60 * 60;

/// The value of `lang` for a page in `language`.
pub(crate) fn tag(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-Hans-CN",
        Language::En => "en",
    }
}

/// The language for a visitor who sent these headers, where the profile offers `offered`.
pub(crate) fn of(headers: &HeaderMap, offered: &[Language]) -> Language {
    let first = offered.first().copied().unwrap_or(Language::Zh);
    cookie::read(headers, COOKIE)
        .and_then(|chosen| Language::from_code(&chosen))
        .or_else(|| {
            headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| accepted(value.to_str().ok()?))
        })
        .unwrap_or(first)
}

/// The first of our languages in an `Accept-Language` header, by its weights (RFC 9110 section 12.5.4).
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in header.split(',').take(20) {
        let mut parts = range.trim().split(';');
        let primary = parts.next()?.trim().split('-').next()?.to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())
            .filter(|weight| weight.is_finite() && *weight > 0.0);
        let (Some(weight), Some(language)) = (weight, Language::from_code(&primary)) else {
            continue;
        };
        if best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// Where to go after the choice.
#[derive(serde::Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    to: String,
}

/// `GET /language/{code}?to=/page`: remembers the choice and goes back to the page.
pub(crate) async fn choose(
    State(state): State<Shared>,
    Path(code): Path<String>,
    Query(choice): Query<Choice>,
) -> Response {
    let Some(language) = Language::from_code(&code) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let set = cookie::set(COOKIE, language.code(), A_YEAR, state.secure_cookies());
    (
        StatusCode::SEE_OTHER,
        [
            (header::SET_COOKIE, set),
            (header::LOCATION, own_path(&choice.to).to_owned()),
        ],
    )
        .into_response()
}

/// The path if it is one on this site, else the home page: a link of ours leads nowhere else.
pub(crate) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 500
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str, accept: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        headers
    }

    #[test]
    fn the_choice_comes_before_the_browser_and_the_browser_before_the_profile() {
        let offered = [Language::Zh, Language::En];
        assert_eq!(of(&HeaderMap::new(), &offered), Language::Zh);
        assert_eq!(of(&headers("", "en-GB,en;q=0.9"), &offered), Language::En);
        assert_eq!(
            of(&headers("", "fr, zh-TW;q=0.5, en;q=0.4"), &offered),
            Language::Zh
        );
        assert_eq!(of(&headers("", "en;q=0, fr"), &offered), Language::Zh);
        assert_eq!(
            of(&headers("", "en;q=nonsense, zh;q=0.1"), &[Language::En]),
            Language::Zh
        );
        assert_eq!(
            of(&headers("a=b; standing_language=en", "zh"), &offered),
            Language::En
        );
        assert_eq!(
            of(&headers("standing_language=xx", "zh"), &[Language::En]),
            Language::Zh
        );
    }

    #[test]
    fn a_way_back_leads_nowhere_else() {
        assert_eq!(own_path("/records?page=2"), "/records?page=2");
        for foreign in [
            "https://elsewhere.example",
            "//elsewhere.example",
            "/\\elsewhere",
            "/a\r\nb",
            "",
            "x",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }
}
