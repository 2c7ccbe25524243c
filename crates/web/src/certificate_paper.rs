//! A certificate on paper and as a picture, and what it says in the words of a page.

use std::io::Cursor;

use jiff::{Timestamp, civil::Date};
use paper::{CertificateSheet, Fonts, Line, PaperError, Text};
use profile::Language;
use registry::{Checker, Claims, Registry, Trust};
use serde_json::Value;

use crate::{
    time,
    words::{Key, say},
};

/// Modules of white around a QR code (ISO/IEC 18004), and the pixels of a module.
const QUIET: usize = 4;
const MODULE: usize = 6;

/// A certificate cannot be put on paper.
#[derive(Debug, thiserror::Error)]
pub enum CertificatePdfError {
    /// The text is not a certificate of this installation.
    #[error("the text is not a certificate of this installation")]
    NotOurs,
    /// Setting the page failed.
    #[error(transparent)]
    Paper(#[from] PaperError),
}

/// Which claims a page names, in their order, with their labels.
const LABELS: &[(&str, Key)] = &[
    ("name", Key("claim-name")),
    ("profession", Key("claim-profession")),
    ("authority", Key("claim-authority")),
    ("licence_number", Key("claim-licence-number")),
    ("licence_status", Key("claim-licence-status")),
    ("first_granted_on", Key("claim-first-granted-on")),
    ("valid_until", Key("claim-valid-until")),
    ("decision_in_force", Key("claim-decision-in-force")),
    ("whole_years_without_decision", Key("claim-whole-years")),
    ("green_channel_years", Key("claim-green-channel")),
];

/// How the names of claims begin that a holder chose to have besides: hours of training by year, and pledges.
const TRAINING: &str = "training_hours_";
const PLEDGE: &str = "pledge_";

/// The label of a claim; none for what only machines read.
pub(crate) fn label(claim: &str, language: Language) -> Option<String> {
    if let Some(year) = claim.strip_prefix(TRAINING) {
        let label = say(language, Key("claim-training")).with("year", year);
        return Some(label.to_string());
    }
    if claim.starts_with(PLEDGE) {
        return Some(say(language, Key("claim-pledge")).to_string());
    }
    let known = LABELS.iter().find(|(name, _)| *name == claim)?;
    Some(say(language, known.1).to_string())
}

/// What a certificate says, label and value, in `language`.
pub(crate) fn lines(claims: &Claims, language: Language) -> Vec<(String, String)> {
    let besides = |name: &&String| name.starts_with(TRAINING) || name.starts_with(PLEDGE);
    let besides = claims.keys().filter(besides).map(String::as_str);
    let names = LABELS.iter().map(|(name, _)| *name);
    names
        .chain(besides)
        .filter_map(|name| {
            let value = value(name, claims.get(name)?, language)?;
            Some((label(name, language)?, value))
        })
        .collect()
}

fn value(name: &str, value: &Value, language: Language) -> Option<String> {
    let word = |key| say(language, key).to_string();
    Some(match (name, value) {
        ("licence_status", Value::String(status)) => match status.as_str() {
            "in-force" => word(Key("claim-status-in-force")),
            "suspended" => word(Key("claim-status-suspended")),
            other => other.to_owned(),
        },
        ("decision_in_force", Value::Bool(true)) => word(Key("claim-yes")),
        ("decision_in_force", Value::Bool(false)) => word(Key("claim-no")),
        ("whole_years_without_decision", Value::Number(years)) => say(language, Key("claim-years"))
            .with("n", years.as_u64()?)
            .to_string(),
        ("green_channel_years", Value::Number(years)) => say(language, Key("claim-green-channel-open"))
            .with("n", years.as_u64()?)
            .to_string(),
        (name, Value::Number(hours)) if name.starts_with(TRAINING) => say(language, Key("claim-hours"))
            .with("n", hours.as_u64()?)
            .to_string(),
        (_, Value::String(text)) => match text.parse::<Date>() {
            Ok(date) if name.ends_with("_on") || name.ends_with("_until") => time::day(language, date),
            _ => text.clone(),
        },
        (_, Value::Object(texts)) => texts.get(language.code())?.as_str()?.to_owned(),
        (_, other) => other.to_string(),
    })
}

/// What a certificate of this installation says, whatever became of it since. None: it is not ours.
pub(crate) fn own_claims(registry: &Registry, text: &str) -> Option<Claims> {
    let trust = Trust {
        issuers: vec![registry.issuer()],
        status_lists: Vec::new(),
    };
    let now = registry.now().as_second();
    Checker::new(trust, now).check(text, now).claims
}

/// A certificate of this installation as a page in Chinese and English, or two, with its QR code and its text
/// attached. Only what the text discloses is printed. Blocks for some milliseconds.
///
/// # Errors
/// When the text is not a certificate of this installation, or does not fit a page or QR code.
pub fn certificate_pdf(
    registry: &Registry,
    fonts: &Fonts,
    text: &str,
) -> Result<Vec<u8>, CertificatePdfError> {
    let claims = own_claims(registry, text).ok_or(CertificatePdfError::NotOurs)?;
    let profile = registry.profile();
    let both = |zh: &str, en: &str| {
        if zh == en {
            Text::same(zh)
        } else {
            Text::both(zh, en)
        }
    };
    let (chinese, english) = (lines(&claims, Language::Zh), lines(&claims, Language::En));
    let mut printed: Vec<Line> = chinese
        .iter()
        .zip(&english)
        .map(|((zh_label, zh), (en_label, en))| Line::new(both(zh_label, en_label), both(zh, en)))
        .collect();
    let offset = profile.utc_offset_hours;
    let mut moment = |key, at: Timestamp| {
        let label = Text::both(
            say(Language::Zh, key).to_string(),
            say(Language::En, key).to_string(),
        );
        let value = Text::both(
            time::moment(Language::Zh, at, offset),
            time::moment(Language::En, at, offset),
        );
        printed.push(Line::new(label, value));
    };
    let at = |name| {
        claims
            .get(name)
            .and_then(Value::as_i64)
            .and_then(|at| Timestamp::from_second(at).ok())
    };
    let issued_at = at("iat").unwrap_or(Timestamp::UNIX_EPOCH);
    moment(Key("certificate-issued-at"), issued_at);
    if let Some(expires_at) = at("exp") {
        moment(Key("certificate-expires-at"), expires_at);
    }
    let bases_unconfirmed = profile
        .bases
        .values()
        .flat_map(|basis| &basis.enactments)
        .any(|one| !one.is_confirmed());
    let sheet = CertificateSheet {
        issuer: Text::both(
            format!("{} · {}", profile.name.zh, say(Language::Zh, Key("site-name"))),
            format!("{} · {}", profile.name.en, say(Language::En, Key("site-name"))),
        ),
        lines: printed,
        bases_unconfirmed,
        check_address: format!("{}/verify", registry.public_url()),
        compact: text.to_owned(),
        issued_at,
    };
    Ok(paper::certificate_pdf(fonts, &sheet)?)
}

/// The QR code of a certificate as a PNG. None: it is too long for one.
pub(crate) fn qr_png(text: &str) -> Option<Vec<u8>> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).ok()?;
    let side = (code.width() + 2 * QUIET) * MODULE;
    let mut picture = image::GrayImage::from_pixel(side as u32, side as u32, image::Luma([255]));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (x, y) = (
            (x as usize / MODULE).checked_sub(QUIET),
            (y as usize / MODULE).checked_sub(QUIET),
        );
        let (Some(x), Some(y)) = (x, y) else { continue };
        if x < code.width() && y < code.width() && code[(x, y)] == qrcode::Color::Dark {
            *pixel = image::Luma([0]);
        }
    }
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_as_a_picture_reads_back() {
        let text = format!(
            "{}.{}.{}~",
            "eyJh".repeat(60),
            "QUJD".repeat(200),
            "c2ln".repeat(22)
        );
        assert_eq!(paper::read_back(&qr_png(&text).unwrap()).unwrap().compact, text);
        assert!(qr_png(&"A~".repeat(1500)).is_none());
    }

    #[test]
    fn claims_are_in_the_words_of_each_language_and_what_is_not_for_people_is_left_out() {
        let claims: Claims = serde_json::from_str(
            r#"{"vct": "x", "iat": 1, "profession": {"zh": "律师", "en": "lawyer"}, "decision_in_force": false,
                "whole_years_without_decision": 1, "valid_until": "2030-01-02", "licence_status": "in-force"}"#,
        )
        .unwrap();
        let values = |language| {
            lines(&claims, language)
                .into_iter()
                .map(|(_, value)| value)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            values(Language::Zh),
            [
                "律师",
                "有效",
                "2030年1月2日",
                "没有",
                "1 年。仅按本系统现有记录计算。"
            ]
        );
        assert_eq!(
            values(Language::En),
            [
                "lawyer",
                "in force",
                "2 January 2030",
                "no",
                "1 year. Only what is held here is counted."
            ]
        );
    }
}
