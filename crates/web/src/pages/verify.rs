//! `/verify`: checks a certificate, for anybody, without an account. It takes the text, a PDF, or a photo of
//! the QR code, keeps nothing of it, and says plainly what it found and what the certificate speaks of.
//!
//! The form carries no token: it changes nothing, so there is nothing to forge, and whoever checks a
//! certificate need not accept a cookie.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Multipart, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use jiff::Timestamp;
use paper::{MAX_INPUT_BYTES, read_back};
use registry::{Check, Checker, Registry, Trust};

use crate::{
    certificate_paper, checked,
    fault::{Fault, refused},
    page::{Page, Section, html},
    upload::{self, Receiving},
    visit::Visit,
    words::Key,
};

/// How long it may take to arrive.
const LONGEST_UPLOAD: Duration = Duration::from_secs(2 * 60);

/// What was found, as the page says it.
struct Found {
    answer: Key,
    meaning: Key,
    valid: bool,
    /// Whether it is valid and its licence is not in force.
    warns: bool,
    /// For how many whole years there is no decision, where that opens the green channel. Otherwise nothing is said.
    green_channel_years: Option<u64>,
    heading: Key,
    lines: Vec<(String, String)>,
    issuer: String,
    expires_at: Option<Timestamp>,
    /// When the status was last known, and how it was.
    status: Option<(Key, Option<Timestamp>)>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    page: Page,
    found: Option<Found>,
    fault: Option<Key>,
}

fn found(visit: &Visit, check: Check) -> Found {
    let (answer, meaning) = checked::answer(&check);
    Found {
        answer,
        meaning,
        valid: checked::is_plainly_valid(&check),
        warns: check.claims_hold() && !checked::is_plainly_valid(&check),
        green_channel_years: check.green_channel_years(),
        heading: checked::heading(&check),
        status: checked::status(&check),
        lines: check
            .claims
            .map(|claims| certificate_paper::lines(&claims, visit.language))
            .unwrap_or_default(),
        issuer: check.issuer.unwrap_or_default(),
        expires_at: check.expires_at.and_then(|at| Timestamp::from_second(at).ok()),
    }
}

/// `GET /verify`
pub(crate) async fn show(visit: Visit) -> Result<Response, Fault> {
    html(&VerifyPage {
        page: visit.page(Section::Verify),
        found: None,
        fault: None,
    })
}

/// `POST /verify`: the fields `text` and `file`, of which one is enough.
pub(crate) async fn check(
    visit: Visit,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let form = form.map_err(|_| Fault::Malformed)?;
    let mut receiving = Receiving::in_room(&visit.state.checks);
    let sent = match upload::in_time(LONGEST_UPLOAD, receive(form, &mut receiving)).await {
        Err(Fault::TooLarge) => return problem(&visit, Key("verify-too-large")),
        received => received?,
    };
    if sent.is_empty() {
        return problem(&visit, Key("verify-nothing-sent"));
    }
    let _turn = visit
        .state
        .checking
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| Fault::Internal)?;
    let read = tokio::task::spawn_blocking(move || read_back(&sent)).await?;
    let text = match read {
        Ok(read) => read.compact,
        Err(error) => return problem(&visit, checked::unreadable(&error)),
    };
    let registry = &visit.state.registry;
    let now = registry.now().as_second();
    let check = Checker::new(trust(registry, &text).await?, now).check(&text, now);
    let found = Some(found(&visit, check));
    html(&VerifyPage {
        page: visit.page(Section::Verify),
        found,
        fault: None,
    })
}

/// The text or file that was sent; where both were, the text.
async fn receive(mut form: Multipart, receiving: &mut Receiving) -> Result<Vec<u8>, Fault> {
    let (mut text, mut file) = (String::new(), Vec::new());
    while let Some((name, field)) = upload::next(&mut form).await? {
        match name.as_str() {
            "text" => text = upload::text(field, receiving).await?.trim().to_owned(),
            "file" => {
                file = upload::file(field, MAX_INPUT_BYTES, receiving)
                    .await?
                    .map_or(Vec::new(), |file| file.bytes)
            }
            _ => {}
        }
    }
    Ok(if text.is_empty() { file } else { text.into_bytes() })
}

/// What is needed to check this text: our keys, and of our status lists the one that it names.
async fn trust(registry: &Registry, text: &str) -> Result<Trust, Fault> {
    let ours = format!("{}/status-lists/", registry.public_url());
    let named = Checker::status_uri(text);
    let list = named.and_then(|uri| uri.strip_prefix(&ours)?.parse().ok());
    let status_lists = match list {
        Some(list) => registry.status_list(list).await?.into_iter().collect(),
        None => Vec::new(),
    };
    Ok(Trust {
        issuers: vec![registry.issuer()],
        status_lists,
    })
}

fn problem(visit: &Visit, fault: Key) -> Result<Response, Fault> {
    let page = VerifyPage {
        page: visit.page(Section::Verify),
        found: None,
        fault: Some(fault),
    };
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use profile::Language;
    use registry::{Answer, Check, StatusKnown};

    use crate::checked;
    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn text_picture_and_pdf_are_valid_without_an_account_until_revoked() {
        let portal = Portal::demo().await;
        let holder = portal.as_person().await;
        let address = holder.certificate().await;
        let page = holder.get(&address).await.body;
        let text = page.split("<textarea").nth(1).unwrap().split('>').nth(1).unwrap();
        let text = text.split('<').next().unwrap().to_owned();
        let qr = holder.get(&format!("{address}/qr.png")).await.bytes;
        let pdf = holder.get(&format!("{address}/certificate.pdf")).await.bytes;
        for (field, content) in [("text", text.as_bytes()), ("file", &*qr), ("file", &*pdf)] {
            let answer = portal.upload("/verify", &[(field, content)]).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(
                answer.body.contains("The certificate is valid"),
                "{}",
                answer.body
            );
            assert!(answer.body.contains("LAW-00000000"));
        }
        holder.post(&format!("{address}/revoke"), &[]).await;
        let answer = portal.upload("/verify", &[("text", text.as_bytes())]).await.body;
        assert!(answer.contains("The certificate was revoked"), "{answer}");
        assert!(answer.contains("What it said when it was issued") && !answer.contains("What it speaks of"));
        let chinese = portal
            .in_chinese()
            .upload("/verify", &[("text", text.as_bytes())])
            .await
            .body;
        assert!(chinese.contains("证明已撤销"), "{chinese}");
    }

    #[tokio::test]
    async fn a_certificate_that_was_altered_is_not_what_the_issuer_signed() {
        let portal = Portal::demo().await;
        let holder = portal.as_person().await;
        let address = holder.certificate().await;
        let page = holder.get(&address).await.body;
        let text = page.split("<textarea").nth(1).unwrap().split('>').nth(1).unwrap();
        let mut text = text.split('<').next().unwrap().to_owned();
        let dot = text.rfind('.').unwrap();
        let swapped = if text.as_bytes()[dot + 3] == b'A' {
            "B"
        } else {
            "A"
        };
        text.replace_range(dot + 3..dot + 4, swapped);
        let answer = portal.upload("/verify", &[("text", text.as_bytes())]).await.body;
        assert!(answer.contains("The certificate was altered"), "{answer}");
        // So is one into which a character came that stands in none; a letter is no certificate all the same.
        let spoilt = format!("{}王{}", &text[..dot - 9], &text[dot - 9..]);
        let answer = portal
            .upload("/verify", &[("text", spoilt.as_bytes())])
            .await
            .body;
        assert!(answer.contains("The certificate was altered"), "{answer}");
        let letter = "王先生：您好。这不是证明。".repeat(20);
        let answer = portal
            .upload("/verify", &[("text", letter.as_bytes())])
            .await
            .body;
        assert!(!answer.contains("altered"), "{answer}");
        for end in [dot - 20, dot + 20, text.len() - 5] {
            let cut = &text.as_bytes()[..end];
            let answer = portal.upload("/verify", &[("text", cut)]).await.body;
            assert!(answer.contains("The certificate is incomplete"), "{answer}");
        }
    }

    #[test]
    fn a_suspended_licence_is_the_headline_and_what_ended_is_told_as_of_its_issue() {
        let claims = serde_json::json!({
            "licence_status": "suspended", "authority": {"zh": "司法厅", "en": "Law bureau"}, "decision_in_force": true,
        });
        let mut check = Check {
            answer: Answer::Valid,
            status: Some(StatusKnown::Checked(0)),
            claims: claims.as_object().cloned(),
            issuer: Some("https://standing.example".to_owned()),
            expires_at: Some(60),
            holder_proven: false,
            incomplete: false,
        };
        let said = |check: &Check, language| checked::check_in_words(check, language, false, None).join("\n");
        let english = said(&check, Language::En);
        assert!(
            english.starts_with("Genuine. The licence is suspended"),
            "{english}"
        );
        for line in [
            "Status of the licence: suspended",
            ": Law bureau",
            "What it speaks of",
            "Issuer: https://standing.example",
            "1 January 1970, 00:01 UTC",
        ] {
            assert!(english.contains(line), "{line}: {english}");
        }
        assert!(!english.contains("certificate is valid") && !checked::is_plainly_valid(&check));
        let chinese = said(&check, Language::Zh);
        assert!(chinese.starts_with("证明真实，但许可已暂停"), "{chinese}");
        assert!(
            chinese.contains("许可状态：暂停") && chinese.contains("司法厅"),
            "{chinese}"
        );
        for answer in [Answer::Revoked, Answer::Expired, Answer::StatusNotChecked] {
            check.answer = answer;
            let said = said(&check, Language::En);
            assert!(said.contains("What it said when it was issued"), "{said}");
            assert!(!said.contains("Genuine. The licence"), "{said}");
        }
        check.answer = Answer::Valid;
        check.claims.as_mut().unwrap()["licence_status"] = "ended".into();
        assert!(said(&check, Language::En).starts_with("Genuine. The licence is not in force"));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_said_with_what_would_be_right() {
        let portal = Portal::demo().await;
        for (sent, words) in [
            (&b""[..], "Paste the text of a certificate"),
            (b"hello there, this is no certificate", "neither"),
            (b"%PDF-1.7 nothing here", "no certificate"),
        ] {
            let answer = portal.upload("/verify", &[("file", sent)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains(words), "{words}: {}", answer.body);
            assert!(answer.body.contains("govuk-error-summary"));
        }
        assert_eq!(
            portal.post_raw("/verify", &[("text", "x")]).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}
