//! `/desk`: an authority's desk. A clerk submits a file and sees what became of the authority's submissions.

use std::{io::Cursor, time::Duration};

use askama::Template;
use axum::{
    extract::{Multipart, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use jiff::Timestamp;
use model::RecordKind;
use registry::{SubmissionFile, SubmissionState, SubmissionView, SubmitError};

use super::certificates::see_other;
use crate::{
    fault::{Fault, refused},
    form,
    page::{Page, Section, html},
    said,
    upload::{self, Receiving, SentFile},
    visit::{ClerkVisit, StaffVisit, Visit},
    words::Key,
};

/// The largest file that the desk takes, in bytes: 32 MiB, some 150,000 rows. It is held in memory, so that
/// it never lies on a disk in clear; larger ones go through the interface or the command line.
pub(crate) const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// How long it may take to arrive.
const LONGEST_UPLOAD: Duration = Duration::from_secs(10 * 60);

/// A submission in the list.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) kind: Key,
    pub(crate) state: Key,
    pub(crate) file_name: String,
    pub(crate) received_at: Timestamp,
    pub(crate) accepted: u64,
    pub(crate) unchanged: u64,
    pub(crate) rejected: u64,
}

impl Row {
    pub(crate) fn new(view: &SubmissionView) -> Self {
        Self {
            id: view.submission.to_string(),
            kind: said::kind(view.kind),
            state: match view.state {
                SubmissionState::Open => Key("desk-state-open"),
                SubmissionState::Done => Key("desk-state-done"),
                SubmissionState::Refused => Key("desk-state-refused"),
                SubmissionState::TakenBack => Key("desk-state-taken-back"),
            },
            file_name: view.file_name.clone(),
            received_at: view.received_at,
            accepted: view.counts.accepted,
            unchanged: view.counts.unchanged,
            rejected: view.counts.rejected,
        }
    }
}

/// A kind of record that the authority may file.
struct Kind {
    value: &'static str,
    word: Key,
    chosen: bool,
}

/// What is wrong with what was sent.
struct Problem {
    /// The field that it is about.
    field: &'static str,
    words: String,
    /// What would be right.
    advice: String,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    page: Page,
    authority: String,
    kinds: Vec<Kind>,
    submissions: Vec<Row>,
    /// How many alerts were not opened in time.
    late_alerts: u64,
    problem: Option<Problem>,
}

impl DeskPage {
    /// Whether the problem is in this field.
    fn is_wrong(&self, field: &str) -> bool {
        self.problem
            .as_ref()
            .is_some_and(|problem| problem.field == field)
    }
}

async fn page(
    visit: &Visit,
    authority: &str,
    chosen: Option<RecordKind>,
    problem: Option<Problem>,
) -> Result<DeskPage, Fault> {
    let may = visit
        .state
        .profile()
        .authorities
        .get(authority)
        .map(|one| &one.record_kinds);
    let submissions = visit.state.registry.submissions(authority).await?;
    let alerts = visit.state.registry.alerts_for(authority).await?;
    Ok(DeskPage {
        page: visit.page(Section::Desk),
        authority: said::authority(visit.state.profile(), authority, visit.language),
        kinds: RecordKind::ALL
            .iter()
            .filter(|kind| may.is_some_and(|may| may.contains(kind)))
            .map(|kind| Kind {
                value: kind.as_str(),
                word: said::kind(*kind),
                chosen: chosen == Some(*kind),
            })
            .collect(),
        submissions: submissions.iter().map(Row::new).collect(),
        late_alerts: alerts.iter().filter(|item| item.late).count() as u64,
        problem,
    })
}

/// `GET /desk`
pub(crate) async fn show(StaffVisit { visit, body, .. }: StaffVisit) -> Result<Response, Fault> {
    let profile = visit.state.profile();
    // An association files nothing; what it does has a page of its own.
    if profile.associations.contains_key(&body) {
        return Ok(see_other("/proposals".to_owned()));
    }
    if !profile.authorities.contains_key(&body) {
        return Err(Fault::Forbidden);
    }
    html(&page(&visit, &body, None, None).await?)
}

/// What the form held.
struct Sent {
    kind: Option<RecordKind>,
    file: Option<SentFile>,
}

async fn read(visit: &Visit, mut form: Multipart, receiving: &mut Receiving) -> Result<Sent, Fault> {
    let mut sent = Sent {
        kind: None,
        file: None,
    };
    let mut trusted = false;
    while let Some((name, field)) = upload::next(&mut form).await? {
        match name.as_str() {
            "token" => {
                form::check(visit, &upload::text(field, receiving).await?)?;
                trusted = true;
            }
            // Nothing is taken in before the token.
            _ if !trusted => return Err(Fault::OldForm),
            "kind" => sent.kind = upload::text(field, receiving).await?.parse().ok(),
            "file" => sent.file = upload::file(field, LARGEST_FILE, receiving).await?,
            _ => {}
        }
    }
    if trusted { Ok(sent) } else { Err(Fault::OldForm) }
}

/// `POST /desk`: the fields `token`, `kind` and `file`, in this order.
pub(crate) async fn submit(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let form = form.map_err(|_| Fault::Malformed)?;
    let mut receiving = Receiving::in_room(&visit.state.files);
    let sent = upload::in_time(LONGEST_UPLOAD, read(&visit, form, &mut receiving)).await?;
    let say = |key| visit.page(Section::Desk).say(key).to_string();
    let missing = |field, key: Key| Problem {
        field,
        words: say(key),
        advice: String::new(),
    };
    let (kind, file) = match (sent.kind, sent.file) {
        (Some(kind), Some(file)) => (kind, file),
        (None, _) => {
            let problem = Some(missing("kind", Key("desk-choose-kind")));
            return unprocessable(&page(&visit, &authority, None, problem).await?);
        }
        (kind, None) => {
            let problem = Some(missing("file", Key("desk-choose-file")));
            return unprocessable(&page(&visit, &authority, kind, problem).await?);
        }
    };
    let submission = SubmissionFile {
        authority: authority.clone(),
        kind,
        name: file.name,
        encoding: None,
    };
    let registry = visit.state.registry.clone();
    let turn = visit.state.filings.clone().acquire_owned().await;
    let turn = turn.map_err(|_| Fault::Internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = registry.submit(&submission, Cursor::new(file.bytes), &|_| ());
        drop((turn, receiving));
        done
    });
    let problem = match done.await? {
        Ok(done) => return Ok(see_other(format!("/desk/{}", done.submission))),
        Err(SubmitError::File(fault)) => {
            let zh = visit.language == profile::Language::Zh;
            let text = |zh_words: &str, en_words: &str| if zh { zh_words } else { en_words }.to_owned();
            let column = fault
                .column
                .as_ref()
                .map(|one| format!(" ({one})"))
                .unwrap_or_default();
            Problem {
                field: "file",
                words: said::sentence(&text(&fault.message.zh, &fault.message.en)) + &column,
                advice: text(&fault.expected.zh, &fault.expected.en),
            }
        }
        Err(SubmitError::NotYours(_)) => missing("kind", Key("desk-not-yours")),
        Err(SubmitError::NoSuchSubmission) => return Err(Fault::NotFound),
        Err(SubmitError::Registry(error)) => return Err(error.into()),
    };
    unprocessable(&page(&visit, &authority, Some(kind), Some(problem)).await?)
}

fn unprocessable(page: &DeskPage) -> Result<Response, Fault> {
    refused(StatusCode::UNPROCESSABLE_ENTITY, page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_clerk_submits_a_file_and_sees_what_became_of_it() {
        let portal = Portal::demo().await.as_clerk().await;
        let csv = testkit::licences_csv(10, 3);
        let token = portal.token();
        let fields = [
            ("token", token.as_bytes()),
            ("kind", b"licence"),
            ("file", csv.as_bytes()),
        ];
        let done = portal.upload("/desk", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let page = portal.get(&done.location.unwrap()).await;
        assert!(page.body.contains("3 rows"), "{}", page.body);
        assert!(portal.get("/desk").await.body.contains("file.csv"));
    }

    #[tokio::test]
    async fn what_is_missing_or_unreadable_is_said_at_the_field() {
        let portal = Portal::demo().await.as_clerk().await;
        let token = portal.token();
        let token = token.as_bytes();
        for (kind, file, words) in [
            ("", &b"a,b"[..], "Choose what the file holds"),
            ("licence", b"", "Choose a file"),
            ("licence", b"\x89PNG\r\n\x1a\n", "was not recognised"),
            ("licence", b"a,b\n1,2\n", "no such column"),
        ] {
            let fields = [("token", token), ("kind", kind.as_bytes()), ("file", file)];
            let page = portal.upload("/desk", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
    }

    #[tokio::test]
    async fn a_file_is_not_taken_in_before_a_right_token() {
        let portal = Portal::demo().await.as_clerk().await;
        let csv = testkit::licences_csv(10, 3);
        let token = portal.token();
        let late = [
            ("kind", &b"licence"[..]),
            ("file", csv.as_bytes()),
            ("token", token.as_bytes()),
        ];
        assert_eq!(portal.upload("/desk", &late).await.status, StatusCode::FORBIDDEN);
        let wrong = [
            ("token", &b"AAAA"[..]),
            ("kind", b"licence"),
            ("file", csv.as_bytes()),
        ];
        assert_eq!(portal.upload("/desk", &wrong).await.status, StatusCode::FORBIDDEN);
        assert!(!portal.get("/desk").await.body.contains("file.csv"));
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_gets_a_page_that_says_so() {
        let portal = Portal::demo().await.as_clerk().await;
        let token = portal.token();
        let large = vec![b'a'; super::LARGEST_FILE + 1];
        let fields = [
            ("token", token.as_bytes()),
            ("kind", b"licence"),
            ("file", &large),
        ];
        let page = portal.upload("/desk", &fields).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.body.contains("too large"));
    }
}
