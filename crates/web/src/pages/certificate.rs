//! `/certificates/{id}`: one certificate. The holder chooses what it discloses and takes it as text, QR code
//! or PDF, and can revoke it.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use model::{CertificateId, PersonId};
use profile::Language;
use registry::CertificateView;

use super::certificates::{see_other, status};
use crate::{
    certificate_paper::{self, certificate_pdf},
    fault::Fault,
    form::{Form, fields},
    page::{Page, Section, html},
    visit::{PersonVisit, Visit},
    words::{Key, say},
};

/// Something that the holder may disclose or not.
struct Pick {
    claim: String,
    label: String,
    shown: bool,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    page: Page,
    id: String,
    status: Key,
    good: bool,
    issued_at: Timestamp,
    expires_at: Timestamp,
    picks: Vec<Pick>,
    lines: Vec<(String, String)>,
    text: String,
    /// The choice as a query, for the addresses of picture and PDF.
    query: String,
    has_qr: bool,
}

#[derive(Template)]
#[template(path = "revoke.html")]
struct RevokePage {
    page: Page,
    id: String,
}

async fn find(visit: &Visit, person: PersonId, id: &str) -> Result<CertificateView, Fault> {
    let id: CertificateId = id.parse().map_err(|_| Fault::NotFound)?;
    let certificates = visit.state.registry.certificates(person).await?;
    certificates
        .into_iter()
        // One whose text is destroyed with its licence is no longer there to show.
        .find(|one| one.certificate == id && !one.text.is_empty())
        .ok_or(Fault::NotFound)
}

/// What the holder chose to disclose, from the query: `show` once for each claim. Without `chosen` all of it.
struct Choice {
    text: String,
    picks: Vec<Pick>,
    query: String,
}

fn choose(certificate: &CertificateView, query: Option<&str>, language: Language) -> Result<Choice, Fault> {
    let fields = fields(query.unwrap_or_default());
    let chosen = fields.iter().any(|(name, _)| name == "chosen");
    let asked: BTreeSet<&str> = fields
        .iter()
        .filter(|(name, _)| name == "show")
        .map(|(_, value)| value.as_str())
        .collect();
    let all = sd_jwt::disclosable_claims(&certificate.text).map_err(|error| {
        tracing::error!(%error, "a stored certificate cannot be read");
        Fault::Internal
    })?;
    let picks: Vec<Pick> = all
        .iter()
        .filter_map(|one| {
            let claim = one.pointer.strip_prefix('/')?.to_owned();
            let mut label = certificate_paper::label(&claim, language)?;
            if let Some(text) = one.value.get(language.code()).and_then(|text| text.as_str()) {
                // Several pledges have one label; their words tell them apart.
                label = say(language, Key("certificates-pledge"))
                    .with("text", text)
                    .to_string();
            }
            Some(Pick {
                shown: !chosen || asked.contains(claim.as_str()),
                claim,
                label,
            })
        })
        .collect();
    let shown: Vec<&str> = picks
        .iter()
        .filter(|pick| pick.shown)
        .map(|pick| pick.claim.as_str())
        .collect();
    let text = sd_jwt::present(&certificate.text, &shown).map_err(|_| Fault::Internal)?;
    let mut query = "?chosen=1".to_owned();
    for claim in &shown {
        query.push_str("&show=");
        query.push_str(claim);
    }
    Ok(Choice { text, picks, query })
}

/// `GET /certificates/{id}?chosen=1&show=name&show=…`
pub(crate) async fn show(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let certificate = find(&visit, person, &id).await?;
    let Choice { text, picks, query } = choose(&certificate, query.as_deref(), visit.language)?;
    let registry = &visit.state.registry;
    let now = registry.now();
    let claims = certificate_paper::own_claims(registry, &text).unwrap_or_default();
    html(&CertificatePage {
        page: visit.page(Section::Certificates),
        id: certificate.certificate.to_string(),
        status: status(&certificate, now),
        good: certificate.revoked.is_none() && certificate.expires_at > now,
        issued_at: certificate.issued_at,
        expires_at: certificate.expires_at,
        picks,
        lines: certificate_paper::lines(&claims, visit.language),
        has_qr: certificate_paper::qr_png(&text).is_some(),
        text,
        query,
    })
}

/// `GET /certificates/{id}/certificate.pdf`
pub(crate) async fn pdf(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let Choice { text, .. } = choose(
        &find(&visit, person, &id).await?,
        query.as_deref(),
        visit.language,
    )?;
    let state = visit.state.clone();
    let _turn = state
        .heavy
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| Fault::Internal)?;
    let pdf = tokio::task::spawn_blocking(move || {
        let fonts = state.fonts().ok_or(Fault::Internal)?;
        certificate_pdf(&state.registry, &fonts, &text).map_err(|error| {
            tracing::error!(%error, "a PDF could not be made");
            Fault::Internal
        })
    })
    .await??;
    Ok(super::download::attached(
        "application/pdf",
        "certificate.pdf",
        pdf,
    ))
}

/// `GET /certificates/{id}/qr.png`
pub(crate) async fn qr(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let Choice { text, .. } = choose(
        &find(&visit, person, &id).await?,
        query.as_deref(),
        visit.language,
    )?;
    let png = certificate_paper::qr_png(&text).ok_or(Fault::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// `GET /certificates/{id}/revoke`: asks whether the holder is sure.
pub(crate) async fn ask_to_revoke(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let certificate = find(&visit, person, &id).await?;
    let page = visit.page(Section::Certificates);
    html(&RevokePage {
        page,
        id: certificate.certificate.to_string(),
    })
}

/// `POST /certificates/{id}/revoke`
pub(crate) async fn revoke(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let certificate = find(&visit, person, &id).await?.certificate;
    visit
        .state
        .registry
        .revoke_certificate(person, certificate)
        .await?;
    Ok(see_other("/certificates".to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn the_holder_chooses_what_a_certificate_discloses() {
        let portal = Portal::demo().await.as_person().await;
        let address = portal.certificate().await;
        let all = portal.get(&address).await.body;
        assert!(all.contains("LAW-00000000"));
        let some = portal
            .get(&format!("{address}?chosen=1&show=valid_until"))
            .await
            .body;
        assert!(!some.contains("LAW-00000000"));
        assert!(some.contains("4 May 2035"));
        let odd = portal
            .get(&format!("{address}?chosen=1&show=nothing&show=%2F%00"))
            .await;
        assert_eq!(odd.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn the_picture_and_the_pdf_hold_the_text_that_the_page_shows() {
        let portal = Portal::demo().await.as_person().await;
        let address = portal.certificate().await;
        let query = "?chosen=1&show=name";
        let page = portal.get(&format!("{address}{query}")).await.body;
        let text = page.split("<textarea").nth(1).unwrap().split('>').nth(1).unwrap();
        let text = text.split('<').next().unwrap();
        for file in ["qr.png", "certificate.pdf"] {
            let answer = portal.get(&format!("{address}/{file}{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{file}");
            assert_eq!(paper::read_back(&answer.bytes).unwrap().compact, text, "{file}");
        }
    }

    #[tokio::test]
    async fn the_holder_revokes_and_nobody_else_reaches_it() {
        let portal = Portal::demo().await;
        let holder = portal.as_person().await;
        let address = holder.certificate().await;
        let other = portal.as_person_number(1).await;
        for file in ["", "/qr.png", "/certificate.pdf", "/revoke"] {
            assert_eq!(
                other.get(&format!("{address}{file}")).await.status,
                StatusCode::NOT_FOUND,
                "{file}"
            );
        }
        let revoke = format!("{address}/revoke");
        assert_eq!(other.post(&revoke, &[]).await.status, StatusCode::NOT_FOUND);
        assert!(holder.get(&revoke).await.body.contains("cannot be undone"));
        assert_eq!(holder.post_raw(&revoke, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(holder.post(&revoke, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(
            holder
                .get(&address)
                .await
                .body
                .contains("Revoked because you asked for it")
        );
    }
}
