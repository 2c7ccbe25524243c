//! A copy of everything that is held about a person, for them to keep: as JSON and as a PDF.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use paper::{Languages, Line, RecordsSheet, Section as Part, Text, records_pdf};
use profile::{Language, Profile};
use registry::{EventKind, PersonFile};

use super::records::RecordCard;
use crate::{
    fault::Fault,
    page::{Page, Section},
    said::{self, BasisView, GroundView},
    visit::PersonVisit,
    words::Key,
};

/// `GET /records/download.json`
pub(crate) async fn json(PersonVisit { visit, person }: PersonVisit) -> Result<Response, Fault> {
    let file = visit
        .state
        .registry
        .person_file(person, EventKind::Download)
        .await?;
    let json = serde_json::to_vec_pretty(&file).map_err(|_| Fault::Internal)?;
    Ok(attached("application/json", "records.json", json))
}

/// `GET /records/download.pdf`
pub(crate) async fn pdf(PersonVisit { visit, person }: PersonVisit) -> Result<Response, Fault> {
    let file = visit
        .state
        .registry
        .person_file(person, EventKind::Download)
        .await?;
    let page = visit.page(Section::Records);
    let sheet = sheet(&page, visit.state.profile(), &file, visit.state.registry.now());
    let state = visit.state.clone();
    let _turn = state
        .heavy
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| Fault::Internal)?;
    let pdf = tokio::task::spawn_blocking(move || {
        let fonts = state.fonts().ok_or(Fault::Internal)?;
        records_pdf(&fonts, &sheet).map_err(|error| {
            tracing::error!(%error, "a PDF could not be made");
            Fault::Internal
        })
    })
    .await??;
    Ok(attached("application/pdf", "records.pdf", pdf))
}

/// A file for the visitor to keep.
pub(crate) fn attached(kind: &'static str, name: &'static str, content: Vec<u8>) -> Response {
    attached_as(kind, format!("attachment; filename=\"{name}\""), content)
}

/// The same, named after a file that somebody sent (RFC 6266, section 4.3; RFC 8187, section 3.2). `name` is for who can't
/// read that.
pub(crate) fn attached_after(
    kind: &'static str,
    (sent, name): (&str, &'static str),
    content: Vec<u8>,
) -> Response {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let own: String = format!("{last}.{name}")
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let disposition = format!("attachment; filename=\"{name}\"; filename*=UTF-8''{own}");
    attached_as(kind, disposition, content)
}

fn attached_as(kind: &'static str, disposition: String, content: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}

fn sheet(page: &Page, profile: &Profile, file: &PersonFile, made_at: jiff::Timestamp) -> RecordsSheet {
    let word = |key: Key| Text::same(page.say(key).to_string());
    let line = |key: Key, value: String| Line::new(word(key), Text::same(value));
    let part = |level, heading: Text, lines| Part {
        level,
        heading,
        intro: None,
        lines,
    };
    let identity = file.identity.as_ref();
    let erased = page.say(Key("status-erased")).to_string();
    let name = identity.map_or(&erased, |identity| &identity.name);
    let number = identity.map_or(&erased, |identity| &identity.number);
    let mut person = vec![
        line(Key("paper-name"), name.clone()),
        Line::new(
            Text::same(profile.identity.name.get(page.language)),
            Text::same(number),
        ),
    ];
    person.extend(
        file.email
            .iter()
            .map(|email| line(Key("paper-email"), email.clone())),
    );
    let mut sections = vec![part(1, word(Key("paper-person")), person)];
    sections.push(part(1, word(Key("records-title")), Vec::new()));
    for view in &file.records {
        let card = RecordCard::new(profile, view, &file.records, page.language);
        let heading = format!("{} · {}", page.say(card.kind), card.profession);
        sections.push(part(2, Text::same(heading), record_lines(page, &card)));
    }
    sections.extend(super::good_paper::sections(page, profile, file));
    sections.push(part(1, word(Key("looks-title")), Vec::new()));
    for event in &file.events {
        let mut lines = vec![
            line(
                Key("looks-who"),
                said::actor(profile, &event.actor, page.language),
            ),
            line(Key("looks-what"), page.say(said::event(event.kind)).to_string()),
        ];
        if let Some(purpose) = profile.purposes.get(&event.purpose) {
            lines.push(line(Key("looks-why"), page.text(&purpose.name).to_owned()));
        }
        lines.push(line(Key("paper-leaf"), event.leaf.to_string()));
        sections.push(part(2, Text::same(page.moment(&event.at)), lines));
    }
    RecordsSheet {
        title: word(Key("paper-title")),
        intro: Some(Text::same(
            page.say(Key("paper-intro"))
                .with("time", page.offset())
                .to_string(),
        )),
        sections,
        languages: if page.language == Language::Zh {
            Languages::Chinese
        } else {
            Languages::English
        },
        made_at,
    }
}

fn record_lines(page: &Page, card: &RecordCard) -> Vec<Line> {
    let line = |key: Key, value: String| Line::new(Text::same(page.say(key).to_string()), Text::same(value));
    let law = |basis: &BasisView| {
        let confirmed = if basis.confirmed {
            Key("basis-confirmed")
        } else {
            Key("basis-unconfirmed")
        };
        let words = [&basis.name, &basis.enactment, &basis.article]
            .into_iter()
            .filter(|one| !one.is_empty());
        let words: Vec<&str> = words.map(String::as_str).collect();
        format!("{} ({})", words.join(" · "), page.say(confirmed))
    };
    let until = |day, ground: &Option<GroundView>| match ground {
        Some(GroundView::Law(bases)) => {
            let laws: Vec<String> = bases.iter().map(law).collect();
            format!("{} · {}", page.day(day), laws.join(" · "))
        }
        Some(GroundView::Own(reason)) => {
            format!("{} · {} {reason}", page.day(day), page.say(Key("ground-own")))
        }
        None => page.day(day),
    };
    let mut lines = vec![line(Key("records-status"), page.say(card.status).to_string())];
    lines.extend(
        card.decided_by
            .iter()
            .map(|decision| line(Key("records-decided-by"), decision.name.clone())),
    );
    lines.push(line(Key("records-authority"), card.authority.clone()));
    lines.extend(
        card.basis
            .as_ref()
            .map(|basis| line(Key("records-basis"), law(basis))),
    );
    lines.extend(
        card.fields
            .iter()
            .map(|field| Line::new(Text::same(&field.label), Text::same(&field.value))),
    );
    lines.extend(
        card.shown_until
            .as_ref()
            .map(|day| line(Key("records-shown-until"), until(day, &card.shown_ground))),
    );
    lines.extend(
        card.kept_until
            .as_ref()
            .map(|day| line(Key("records-kept-until"), until(day, &card.kept_ground))),
    );
    for version in &card.versions {
        let what = format!(
            "{} · {}",
            page.say(version.change),
            page.moment(&version.filed_at)
        );
        lines.push(line(Key("records-versions"), what));
        lines.extend(version.fields.iter().map(|field| {
            let label = page.say(Key("paper-version-field")).with("label", &field.label);
            Line::new(Text::same(label.to_string()), Text::same(&field.value))
        }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::{
        page::{Greeted, tests::page},
        pages::tests::{Portal, decision_with},
    };

    #[tokio::test]
    async fn a_person_takes_a_copy_of_everything_and_that_shows_as_a_look() {
        let portal = Portal::demo().await.as_person().await;
        let json = portal.get("/records/download.json").await;
        assert_eq!(json.status, StatusCode::OK);
        let file: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(file["records"].as_array().unwrap().len(), 1);
        assert!(
            portal
                .get("/looks?own=yes")
                .await
                .body
                .contains("You took a copy")
        );
    }

    #[tokio::test]
    async fn both_copies_say_that_a_licence_was_revoked_and_by_which_decision() {
        let portal = Portal::demo().await;
        let csv = decision_with("吊销许可证件");
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &csv);
        let json = portal.as_person().await.get("/records/download.json").await.body;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let records = json["records"].as_array().unwrap();
        let of_kind = |kind| records.iter().find(|one| one["kind"] == kind).unwrap();
        assert_eq!(of_kind("licence")["status"], "revoked");
        assert_eq!(of_kind("licence")["decided_by"][0], of_kind("decision")["record"]);

        let file = portal.file().await;
        for (language, status) in [(Language::En, "revoked"), (Language::Zh, "已吊销")] {
            let page = page(language, Greeted::Nobody);
            let sheet = sheet(&page, portal.profile(), &file, jiff::Timestamp::UNIX_EPOCH);
            let lines: Vec<&str> = sheet
                .sections
                .iter()
                .flat_map(|section| &section.lines)
                .map(|line| line.value.en.as_str())
                .collect();
            let licence = lines.iter().position(|value| *value == status).unwrap();
            assert!(lines[licence + 1].ends_with("· 甘罚〔2026〕00001号"), "{lines:?}");
        }
    }

    #[tokio::test]
    async fn the_copy_is_a_pdf_too() {
        let pdf = Portal::demo()
            .await
            .as_person()
            .await
            .get("/records/download.pdf")
            .await;
        assert_eq!(pdf.status, StatusCode::OK);
        assert!(pdf.bytes.starts_with(b"%PDF-"));
    }
}
