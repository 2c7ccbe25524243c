//! A procedure as the pages of those who answer it show it: what the person says, the record, what was answered, each
//! step, and what comes next on which day.

use jiff::{Timestamp, civil::Date};
use model::procedure::{
    Complaint, ComplaintState, Dispute, DisputeState, FileKind, FileRef, OutsideDecision, Procedure,
    Reconsideration, ReconsiderationState, Reconsidered, Restoration, RestorationState, Role,
};
use registry::{ProcedureView, RecordView};

use crate::{
    pages::look,
    process,
    said::{self, FieldView},
    said_office, time,
    visit::Visit,
    words::{Key, say},
};

/// A text that somebody wrote.
pub(crate) struct Text {
    pub(crate) heading: Key,
    pub(crate) text: String,
}

/// A file that the person put to it.
pub(crate) struct FileLink {
    pub(crate) address: String,
    pub(crate) name: String,
}

/// A step that was done.
pub(crate) struct StepLine {
    pub(crate) what: Key,
    pub(crate) who: String,
    pub(crate) at: Timestamp,
}

/// The record that it is about.
pub(crate) struct RecordCard {
    pub(crate) id: String,
    pub(crate) kind: Key,
    pub(crate) profession: String,
    pub(crate) status: Key,
    pub(crate) fields: Vec<FieldView>,
}

/// A procedure.
pub(crate) struct CourseView {
    pub(crate) id: String,
    pub(crate) kind: Key,
    pub(crate) status: Key,
    pub(crate) turn: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) due_on: Option<Date>,
    pub(crate) late: bool,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) texts: Vec<Text>,
    pub(crate) files: Vec<FileLink>,
    pub(crate) record: Option<RecordCard>,
    pub(crate) timeline: Vec<StepLine>,
    pub(crate) next: Option<(Date, Key)>,
}

impl CourseView {
    /// `base` is the address under which the reader's procedures stand.
    pub(crate) fn new(visit: &Visit, view: &ProcedureView, record: Option<&RecordView>, base: &str) -> Self {
        let (profile, language) = (visit.state.profile(), visit.language);
        let summary = &view.summary;
        let id = summary.procedure.to_string();
        let timeline = view.timeline.iter().map(|step| StepLine {
            what: said_office::procedure_step(step.name),
            who: said::with_account(
                said_office::procedure_actor(profile, &step.actor, language),
                step.staff.as_deref(),
                language,
            ),
            at: step.at,
        });
        let mut shown = Self {
            kind: said_office::procedure_kind(summary.kind),
            status: said_office::procedure_status(summary.status),
            turn: said_office::turn(profile, summary.waits_for.as_deref(), language),
            opened_at: summary.opened_at,
            due_on: summary.due_on.filter(|_| summary.waits_for.is_some()),
            late: summary.late,
            facts: Vec::new(),
            texts: Vec::new(),
            files: Vec::new(),
            record: record.map(|record| card(visit, record)),
            timeline: timeline.collect(),
            next: view
                .next
                .map(|(on, step)| (on, said_office::procedure_next(view, step))),
            id,
        };
        for found in &view.findings {
            let what = say(language, look::finding(found)).to_string();
            let when = found
                .found_at
                .to_zoned(visit.state.registry.time_zone().clone())
                .date();
            shown.fact(
                visit,
                Key("look-verdict"),
                format!("{what} · {}", time::day(language, when)),
            );
            if let Some(reasons) = &found.reasons {
                shown.text(Key("look-verdict-reasons"), reasons);
            }
        }
        match &view.course {
            Some(Procedure::Dispute(one)) => shown.dispute(visit, one, record),
            Some(Procedure::Reconsideration(one)) => shown.reconsideration(visit, one),
            Some(Procedure::Restoration(one)) => shown.restoration(visit, one),
            Some(Procedure::Complaint(one)) => shown.complaint(visit, one),
            None => {}
        }
        let files: &[FileRef] = match &view.course {
            Some(Procedure::Dispute(one)) => one.opening().files.as_slice(),
            Some(Procedure::Reconsideration(one)) => one.opening().files.as_slice(),
            Some(Procedure::Complaint(one)) => one.opening().files.as_slice(),
            Some(Procedure::Restoration(_)) | None => &[],
        };
        let link = |(n, file): (usize, &FileRef)| FileLink {
            address: format!("{base}/{}/files/{}", shown.id, file.file),
            name: say(language, Key("office-file"))
                .with("n", n + 1)
                .with("kind", format_of(file.kind))
                .with("kb", file.bytes.div_ceil(1024))
                .to_string(),
        };
        shown.files = files.iter().enumerate().map(link).collect();
        shown
    }

    fn text(&mut self, heading: Key, text: &str) {
        self.texts.push(Text {
            heading,
            text: text.to_owned(),
        });
    }

    fn fact(&mut self, visit: &Visit, label: Key, value: impl Into<String>) {
        self.facts
            .push((say(visit.language, label).to_string(), value.into()));
    }

    fn dispute(&mut self, visit: &Visit, one: &Dispute, record: Option<&RecordView>) {
        let opening = one.opening();
        let record_type = record.and_then(|record| visit.state.profile().record_type(record.kind));
        let field = opening.field.as_deref().map(|name| {
            let field = record_type.and_then(|one| one.field(name));
            field.map_or(name, |field| field.label.get(visit.language))
        });
        let whole = say(visit.language, Key("office-whole-record")).to_string();
        self.fact(visit, Key("office-disputed"), field.map_or(whole, str::to_owned));
        self.text(Key("office-person-says"), opening.text.as_str());
        match one.state() {
            DisputeState::Upheld {
                reasons, statement, ..
            } => {
                self.text(Key("office-reasons-given"), reasons.as_str());
                if let Some(statement) = statement {
                    self.text(Key("office-statement"), statement.text.as_str());
                }
            }
            DisputeState::Corrected { reasons, .. } | DisputeState::Withdrawn { reasons, .. } => {
                self.text(Key("office-reasons-given"), reasons.as_str());
            }
            DisputeState::Open { .. }
            | DisputeState::Overdue { .. }
            | DisputeState::TakenBack {}
            | DisputeState::RecordErased {} => {}
        }
    }

    fn reconsideration(&mut self, visit: &Visit, one: &Reconsideration) {
        let language = visit.language;
        let of = match one.opening().of {
            Reconsidered::Dispute(_) => Key("office-of-dispute"),
            Reconsidered::Look(_) => Key("office-of-look"),
            Reconsidered::Record(_) => Key("office-of-record"),
        };
        self.fact(visit, Key("office-of"), say(language, of).to_string());
        let body = said::authority(visit.state.profile(), one.opening().authority.as_str(), language);
        self.fact(visit, Key("office-body"), body);
        // One that a reviewer opened, to put down what a court decided, says what the reviewer knows of it.
        let opener = one.history().first().map(|step| step.actor.role());
        let says = match opener {
            Some(Role::Reviewer) => Key("office-reviewer-says"),
            _ => Key("office-person-says"),
        };
        self.text(says, one.opening().text.as_str());
        match one.state() {
            ReconsiderationState::Confirmed { reasons } => {
                self.text(Key("office-reviewer-reasons"), reasons.as_str());
            }
            ReconsiderationState::Changed { reasons, order, .. }
            | ReconsiderationState::ChangeOverdue { reasons, order, .. }
            | ReconsiderationState::ChangeFollowed { reasons, order } => {
                let order = say(language, said_office::order(*order)).to_string();
                self.fact(visit, Key("office-ordered"), order);
                self.text(Key("office-reviewer-reasons"), reasons.as_str());
            }
            ReconsiderationState::OutsideDecision { decision }
            | ReconsiderationState::FollowOverdue { decision }
            | ReconsiderationState::Followed { decision } => self.outside(visit, decision),
            ReconsiderationState::Open { .. }
            | ReconsiderationState::Assigned { .. }
            | ReconsiderationState::Overdue { .. }
            | ReconsiderationState::AssignedOverdue { .. }
            | ReconsiderationState::RecordErased {} => {}
        }
    }

    fn outside(&mut self, visit: &Visit, decision: &OutsideDecision) {
        let language = visit.language;
        let court = said::authority(visit.state.profile(), decision.body.as_str(), language);
        self.fact(visit, Key("office-court"), court);
        self.fact(visit, Key("office-court-reference"), decision.reference.as_str());
        self.fact(
            visit,
            Key("office-court-day"),
            time::day(language, decision.decided_on),
        );
        let order = say(language, said_office::order(decision.order)).to_string();
        self.fact(visit, Key("office-ordered"), order);
        let fields = process::ordered_fields(visit.state.profile(), decision, language);
        if let Some(fields) = fields {
            self.fact(visit, Key("office-ordered-fields"), fields);
        }
        let profile = visit.state.profile();
        for before in process::decided_before(profile, decision, said_office::order, language) {
            self.fact(visit, Key("office-court-before"), before);
        }
    }

    fn restoration(&mut self, visit: &Visit, one: &Restoration) {
        self.text(Key("office-pledge"), one.opening().pledge.as_str());
        self.text(Key("office-duties"), one.opening().duties.as_str());
        match one.state() {
            RestorationState::NotTaken { reasons } | RestorationState::Refused { reasons } => {
                self.text(Key("office-reasons-given"), reasons.as_str());
            }
            RestorationState::Granted {
                reasons, recipients, ..
            }
            | RestorationState::ConfirmationOverdue {
                reasons, recipients, ..
            }
            | RestorationState::Complete {
                reasons, recipients, ..
            } => {
                self.text(Key("office-reasons-given"), reasons.as_str());
                let confirmed = recipients.iter().filter(|one| one.confirmed_at.is_some());
                let confirmed = say(visit.language, Key("office-confirmed-count"))
                    .with("n", confirmed.count())
                    .with("of", recipients.len())
                    .to_string();
                self.fact(visit, Key("office-recipients"), confirmed);
            }
            RestorationState::Applied { .. }
            | RestorationState::AcceptanceOverdue { .. }
            | RestorationState::Taken { .. }
            | RestorationState::AnswerOverdue { .. }
            | RestorationState::RecordErased {} => {}
        }
    }

    fn complaint(&mut self, visit: &Visit, one: &Complaint) {
        let (opening, language) = (one.opening(), visit.language);
        let about = say(language, said_office::matter(opening.about)).to_string();
        self.fact(visit, Key("office-matter"), about);
        if let Some(body) = &opening.authority {
            let body = said::authority(visit.state.profile(), body.as_str(), language);
            self.fact(visit, Key("office-body"), body);
        }
        self.text(Key("office-person-says"), opening.text.as_str());
        match one.state() {
            ComplaintState::Founded {
                reasons,
                measures,
                breach,
            } => {
                self.text(Key("office-reviewer-reasons"), reasons.as_str());
                self.text(Key("office-measures"), measures.as_str());
                if let Some(breach) = breach {
                    let people = u64::from(breach.affected.get());
                    let affected = say(language, Key("office-people")).with("n", people).to_string();
                    self.fact(visit, Key("office-breach"), affected);
                }
            }
            ComplaintState::Unfounded { reasons } => {
                self.text(Key("office-reviewer-reasons"), reasons.as_str());
            }
            ComplaintState::Open { .. }
            | ComplaintState::Assigned { .. }
            | ComplaintState::Overdue { .. }
            | ComplaintState::AssignedOverdue { .. }
            | ComplaintState::TakenBack {} => {}
        }
    }
}

fn card(visit: &Visit, record: &RecordView) -> RecordCard {
    let (profile, language) = (visit.state.profile(), visit.language);
    RecordCard {
        id: record.record.to_string(),
        kind: said::kind(record.kind),
        profession: said::profession(profile, &record.profession, language),
        status: said::status(record.kind, record.status),
        fields: said::fields(profile, record.kind, &record.fields, language),
    }
}

fn format_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Pdf => "PDF",
        FileKind::Png => "PNG",
        FileKind::Jpeg => "JPEG",
    }
}
