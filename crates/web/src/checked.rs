//! What the check of a certificate found, in words: for the page `/verify` and for the command line.

use jiff::Timestamp;
use paper::PaperError;
use profile::Language;
use registry::{Answer, Check, StatusKnown};

use crate::{
    certificate_paper, time,
    words::{Key, say},
};

/// The headline and what it means. A certificate of a licence that is not in force is valid, and says so first.
pub(crate) fn answer(check: &Check) -> (Key, Key) {
    match check.answer {
        Answer::Valid => match check.licence_status() {
            Some("in-force") | None => (Key("answer-valid"), Key("answer-valid-meaning")),
            Some("suspended") => (
                Key("answer-licence-suspended"),
                Key("answer-licence-suspended-meaning"),
            ),
            Some(_) => (
                Key("answer-licence-not-in-force"),
                Key("answer-licence-not-in-force-meaning"),
            ),
        },
        Answer::StatusNotChecked => (
            Key("answer-status-not-checked"),
            Key("answer-status-not-checked-meaning"),
        ),
        Answer::Revoked => (Key("answer-revoked"), Key("answer-revoked-meaning")),
        Answer::Expired => (Key("answer-expired"), Key("answer-expired-meaning")),
        Answer::NotYetValid => (Key("answer-not-yet-valid"), Key("answer-not-yet-valid-meaning")),
        Answer::Altered if check.incomplete => (Key("answer-incomplete"), Key("answer-incomplete-meaning")),
        Answer::Altered => (Key("answer-altered"), Key("answer-altered-meaning")),
        Answer::UnknownIssuer => (Key("answer-unknown-issuer"), Key("answer-unknown-issuer-meaning")),
        Answer::NotACertificate => (
            Key("answer-not-a-certificate"),
            Key("answer-not-a-certificate-meaning"),
        ),
    }
}

/// Whether the certificate is valid and its licence in force.
pub(crate) fn is_plainly_valid(check: &Check) -> bool {
    check.answer == Answer::Valid && matches!(check.licence_status(), Some("in-force") | None)
}

/// What stands above what the certificate says.
pub(crate) fn heading(check: &Check) -> Key {
    if check.claims_hold() {
        Key("verify-speaks-of")
    } else {
        Key("verify-as-issued")
    }
}

/// What is known of the status, and of when.
pub(crate) fn status(check: &Check) -> Option<(Key, Option<Timestamp>)> {
    let time = |at: i64| Timestamp::from_second(at).ok();
    check.status.map(|status| match status {
        StatusKnown::Checked(at) => (Key("verify-status-checked"), time(at)),
        StatusKnown::NoList => (Key("verify-status-no-list"), None),
        StatusKnown::ListTooOld(at) => (Key("verify-status-too-old"), time(at)),
    })
}

/// Why no certificate could be read.
pub(crate) const fn unreadable(error: &PaperError) -> Key {
    match error {
        PaperError::TooLarge => Key("verify-too-large"),
        PaperError::UnknownFormat => Key("verify-unknown-format"),
        PaperError::Damaged => Key("verify-damaged"),
        PaperError::SeveralFound => Key("verify-several"),
        PaperError::Encrypted => Key("verify-encrypted"),
        _ => Key("verify-nothing-found"),
    }
}

/// Why no certificate could be read, as the command line says it.
pub fn unreadable_in_words(error: &PaperError, language: Language) -> String {
    say(language, unreadable(error)).to_string()
}

/// What the check found, line by line, as the command line says it. `online` is whether the current status list was asked
/// for, `not_fetched` why it did not come.
pub fn check_in_words(
    check: &Check,
    language: Language,
    online: bool,
    not_fetched: Option<&str>,
) -> Vec<String> {
    let word = |key| say(language, key).to_string();
    let moment = |at| format!("{} UTC", time::moment(language, at, 0));
    let line = |label: &str, value: &str| match language {
        Language::Zh => format!("{label}：{value}"),
        Language::En => format!("{label}: {value}"),
    };
    let (headline, meaning) = answer(check);
    let meaning = match check.answer {
        Answer::UnknownIssuer => Key("verify-trust-unknown-issuer"),
        _ => meaning,
    };
    let mut said = vec![word(headline), word(meaning)];
    if let Some(years) = check.green_channel_years() {
        let open = say(language, Key("verify-green-channel")).with("n", years);
        said.push(open.to_string());
    }
    if let Some((words, at)) = status(check) {
        let at = at.map_or(String::new(), |at| format!(" {}", moment(at)));
        said.push(format!("{}{at}", word(words)));
    }
    if check.answer == Answer::StatusNotChecked && !online {
        said.push(word(Key("verify-fetch-online")));
    }
    if let Some(why) = not_fetched {
        let not_fetched = say(language, Key("verify-not-fetched")).with("why", why);
        said.push(not_fetched.to_string());
    }
    if let Some(claims) = &check.claims {
        said.push(String::new());
        said.push(word(heading(check)));
        for (label, value) in certificate_paper::lines(claims, language) {
            said.push(format!("  {}", line(&label, &value)));
        }
        if let Some(issuer) = &check.issuer {
            said.push(format!("  {}", line(&word(Key("verify-issuer")), issuer)));
        }
        if let Some(at) = check.expires_at.and_then(|at| Timestamp::from_second(at).ok()) {
            let label = word(Key("certificate-expires-at"));
            said.push(format!("  {}", line(&label, &moment(at))));
        }
        said.push(word(Key("verify-not-shown")));
    }
    said
}
