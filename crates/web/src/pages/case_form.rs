//! What the forms of the procedures share: choices, texts and files, with what is wrong said at the field and the
//! input kept. Files cannot be kept: a browser gives none back.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Multipart, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use profile::FileFormat;
use registry::{ProcedureError, ProcedureFileFault};

use crate::{
    fault::{Fault, refused},
    form::{self, Form},
    page::{Page, Section, html},
    upload::{self, Receiving},
    visit::Visit,
    words::Key,
};

/// How long a form with files may take to arrive.
const LONGEST_UPLOAD: Duration = Duration::from_secs(5 * 60);

/// The most that a form of a procedure may hold, in bytes: ten files of ten megabytes, and its texts.
pub(crate) const LARGEST_FORM: usize = 101 * 1024 * 1024;

/// How somebody chooses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choosing {
    /// One of a few.
    Radios,
    /// One of many.
    Select,
    /// As many as they like.
    Checkboxes,
}

/// One thing to choose.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

/// A question with what can be chosen.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) label: Key,
    pub(crate) hint: Option<String>,
    pub(crate) choosing: Choosing,
    pub(crate) choices: Vec<Choice>,
}

/// A text to write.
pub(crate) struct Area {
    pub(crate) name: &'static str,
    pub(crate) label: Key,
    pub(crate) hint: Key,
    pub(crate) value: String,
}

/// What is wrong, and at which field.
pub(crate) struct Problem {
    pub(crate) field: &'static str,
    pub(crate) words: String,
}

/// A form of a procedure.
#[derive(Template)]
#[template(path = "case.html")]
pub(crate) struct CasePage {
    pub(crate) page: Page,
    pub(crate) title: Key,
    pub(crate) lead: Key,
    /// Where one comes from, and its name.
    pub(crate) back: (String, Key),
    pub(crate) action: String,
    pub(crate) questions: Vec<Question>,
    pub(crate) areas: Vec<Area>,
    /// Whether files are taken.
    pub(crate) files: bool,
    pub(crate) most_characters: u64,
    pub(crate) most_files: u64,
    pub(crate) most_megabytes: u64,
    pub(crate) formats: String,
    pub(crate) button: Key,
    pub(crate) problem: Option<Problem>,
}

impl CasePage {
    /// An empty form of this name, which is sent to `action`.
    pub(crate) fn new(visit: &Visit, section: Section, (title, lead, button): (Key, Key, Key)) -> Self {
        let (page, today) = (visit.page(section), visit.state.registry.today());
        let limits = &visit.state.profile().procedures;
        let files = limits.files.on(today);
        let formats = files.formats.iter().map(|format| match format {
            FileFormat::Pdf => "PDF",
            FileFormat::Png => "PNG",
            FileFormat::Jpeg => "JPEG",
        });
        let between = if page.in_chinese() { "、" } else { ", " };
        Self {
            title,
            lead,
            button,
            back: ("/procedures".to_owned(), Key("nav-procedures")),
            action: String::new(),
            questions: Vec::new(),
            areas: Vec::new(),
            files: true,
            most_characters: limits.statement_characters.on(today).number.into(),
            most_files: files.most.into(),
            most_megabytes: files.most_megabytes.into(),
            formats: formats.collect::<Vec<_>>().join(between),
            problem: None,
            page,
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|one| one.field == field)
    }

    fn wrong(&self, field: &str) -> &str {
        let problem = self.problem.as_ref().filter(|one| one.field == field);
        problem.map_or("", |one| one.words.as_str())
    }

    /// The first place of the field with the problem, for the link in the summary.
    fn problem_place(&self) -> String {
        let Some(problem) = &self.problem else {
            return String::new();
        };
        let question = self.questions.iter().find(|one| one.name == problem.field);
        match question.map(|one| one.choosing) {
            Some(Choosing::Radios | Choosing::Checkboxes) => format!("#{}-1", problem.field),
            _ => format!("#{}", problem.field),
        }
    }

    /// The page, with a status that says whether something is wrong.
    pub(crate) fn answer(self) -> Result<Response, Fault> {
        if self.problem.is_some() {
            refused(StatusCode::UNPROCESSABLE_ENTITY, &self)
        } else {
            html(&self)
        }
    }
}

/// What was sent.
#[derive(Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    /// The contents of the files.
    pub(crate) files: Vec<Vec<u8>>,
    /// A file was too long, or all together were: not even received.
    too_long: bool,
    too_many: bool,
}

impl Sent {
    /// The value of a field, empty where it was not sent. Lines end as they do elsewhere here.
    pub(crate) fn one(&self, name: &str) -> String {
        let found = self.fields.iter().find(|(one, _)| one == name);
        found.map_or(String::new(), |(_, value)| value.replace("\r\n", "\n"))
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.fields.iter().filter(|(one, _)| one == name);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// What is wrong with the files as far as they were received.
    pub(crate) fn problem(&self, page: &CasePage) -> Option<Problem> {
        let said = |words| {
            Some(Problem {
                field: "files",
                words,
            })
        };
        if self.too_many {
            said(too_many(&page.page, page.most_files))
        } else if self.too_long {
            said(too_long(&page.page, page.most_megabytes))
        } else {
            None
        }
    }

    /// A form without files.
    pub(crate) fn of(form: Form) -> Self {
        Self {
            fields: form.into_fields(),
            ..Self::default()
        }
    }
}

/// Receives a form with files. The token comes first; nothing is taken in before it is found to be right.
pub(crate) async fn receive(
    visit: &Visit,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Sent, Fault> {
    let form = form.map_err(|_| Fault::Malformed)?;
    let limits = visit
        .state
        .profile()
        .procedures
        .files
        .on(visit.state.registry.today());
    let most = (
        limits.most as usize,
        usize::try_from(limits.most_bytes()).unwrap_or(usize::MAX),
    );
    let mut receiving = Receiving::in_room(&visit.state.cases);
    upload::in_time(LONGEST_UPLOAD, read(visit, form, most, &mut receiving)).await
}

async fn read(
    visit: &Visit,
    mut form: Multipart,
    (most, longest): (usize, usize),
    receiving: &mut Receiving,
) -> Result<Sent, Fault> {
    let (mut sent, mut trusted) = (Sent::default(), false);
    loop {
        let (name, field) = match upload::next(&mut form).await {
            Ok(Some(next)) => next,
            Ok(None) => break,
            // More than the whole form may hold: what was written before it is kept.
            Err(Fault::TooLarge) if trusted => {
                sent.too_long = true;
                break;
            }
            Err(fault) => return Err(fault),
        };
        if !trusted {
            let token = if name == "token" {
                upload::text(field, receiving).await?
            } else {
                String::new()
            };
            form::check(visit, &token)?;
            trusted = true;
        } else if name == "files" {
            match upload::file_up_to(field, longest, receiving).await {
                Ok(upload::Received::None) => {}
                Ok(upload::Received::TooLong) => sent.too_long = true,
                Ok(upload::Received::File(_)) if sent.files.len() == most => sent.too_many = true,
                Ok(upload::Received::File(bytes)) => sent.files.push(bytes),
                Err(Fault::TooLarge) => {
                    sent.too_long = true;
                    break;
                }
                Err(fault) => return Err(fault),
            }
        } else {
            let value = upload::text(field, receiving).await?;
            sent.fields.push((name, value));
        }
    }
    if trusted { Ok(sent) } else { Err(Fault::OldForm) }
}

fn too_many(page: &Page, most: u64) -> String {
    page.say("case-files-too-many").with("most", most).to_string()
}

fn too_long(page: &Page, most: u64) -> String {
    page.say("case-file-too-long").with("most", most).to_string()
}

/// What is wrong, in words at its field. Errors that no form can mend are pages of their own.
pub(crate) fn problem(page: &CasePage, error: ProcedureError) -> Result<Problem, Fault> {
    let area = page.areas.first().map_or("text", |area| area.name);
    let say = |key: Key| page.page.say(key).to_string();
    let (field, words) = match error {
        ProcedureError::TextTooLong { most } => {
            let too_long = page
                .areas
                .iter()
                .find(|area| area.value.chars().count() > most as usize);
            let words = page.page.say("case-text-too-long").with("most", u64::from(most));
            (too_long.map_or(area, |area| area.name), words.to_string())
        }
        ProcedureError::Words(_) => (area, say(Key("case-text-missing"))),
        ProcedureError::File(ProcedureFileFault::TooMany { .. }) | ProcedureError::Files(_) => {
            ("files", too_many(&page.page, page.most_files))
        }
        ProcedureError::File(ProcedureFileFault::TooLong { .. }) => {
            ("files", too_long(&page.page, page.most_megabytes))
        }
        ProcedureError::File(ProcedureFileFault::Empty) => ("files", say(Key("case-file-empty"))),
        ProcedureError::File(ProcedureFileFault::KindUnknown) => {
            let words = page.page.say("case-file-kind").with("formats", &page.formats);
            ("files", words.to_string())
        }
        ProcedureError::NoSuchField => ("field", say(Key("case-field-unknown"))),
        ProcedureError::NoSuchBody => ("body", say(Key("case-body-unknown"))),
        ProcedureError::UnderWay => (area, say(Key("case-under-way"))),
        ProcedureError::RecordEnded => (area, say(Key("case-record-ended"))),
        ProcedureError::NoDecision => (area, say(Key("case-no-decision"))),
        ProcedureError::ChangedMeanwhile => (area, say(Key("case-changed-meanwhile"))),
        ProcedureError::Step(refusal) => return step(page, refusal.why),
        other => return Err(other.into()),
    };
    Ok(Problem { field, words })
}

fn step(page: &CasePage, why: model::procedure::Why) -> Result<Problem, Fault> {
    use model::procedure::Why;
    let area = page.areas.first().map_or("text", |area| area.name);
    let said = |field, key: Key| Problem {
        field,
        words: page.page.say(key).to_string(),
    };
    Ok(match why {
        Why::TooEarly { may_apply_from } => {
            let words = page.page.say("case-too-early");
            Problem {
                field: area,
                words: words.with("day", page.page.day(&may_apply_from)).to_string(),
            }
        }
        Why::ProhibitionInForce => said(area, Key("case-prohibition-in-force")),
        Why::DutiesNotStated => said("duties", Key("case-duties-missing")),
        Why::PledgeMissing => said("pledge", Key("case-pledge-missing")),
        Why::StatementGiven => said(area, Key("case-statement-given")),
        Why::ReconsiderationAsked => said(area, Key("case-reconsideration-asked")),
        _ => said(area, Key("case-not-now")),
    })
}

impl From<ProcedureError> for Fault {
    fn from(error: ProcedureError) -> Self {
        match error {
            ProcedureError::NoSuchProcedure
            | ProcedureError::NoSuchRecord
            | ProcedureError::NoSuchLook
            | ProcedureError::NoSuchFile
            | ProcedureError::OtherKind
            // The page that led here is an old one.
            | ProcedureError::Step(_) => Self::NotFound,
            ProcedureError::Mandate(_) => Self::NotCovered,
            ProcedureError::Registry(error) => error.into(),
            other => {
                // None of it is personal.
                tracing::error!(error = %other, "a step of a procedure failed");
                Self::Internal
            }
        }
    }
}
