//! What stands around a record on `/records`: its marks, each end in words of its own, and what the person can do
//! about it, or from when on.

use jiff::{civil::Date, tz::TimeZone};
use model::{
    RecordKind, RecordStatus, VersionKind,
    procedure::{Procedure, ProcedureKind, Status},
};
use profile::{DecisionKind, Language, Profile};
use registry::{ProcedureView, RecordView};

use crate::{
    time,
    words::{Key, say},
};

/// A mark of a record, and what it means.
pub(crate) struct Mark {
    pub(crate) word: Key,
    pub(crate) meaning: String,
    /// What the person said to it.
    pub(crate) texts: Vec<String>,
}

/// Something that the person can do, or why they cannot yet.
pub(crate) enum Door {
    /// It is behind this address.
    Open {
        /// The address.
        href: String,
        /// What it is.
        words: Key,
    },
    /// It is not open, for this reason.
    Shut(String),
}

/// What stands around a record.
pub(crate) struct Around {
    pub(crate) marks: Vec<Mark>,
    pub(crate) doors: Vec<Door>,
}

impl Around {
    /// Around this record, with the procedures about it where the visitor may take steps in them.
    pub(crate) fn new(
        profile: &Profile,
        view: &RecordView,
        procedures: Option<&[ProcedureView]>,
        (zone, today, language): (&TimeZone, Date, Language),
    ) -> Self {
        let doors = procedures.map_or_else(Vec::new, |all| {
            let about: Vec<&ProcedureView> = all
                .iter()
                .filter(|one| one.summary.record == Some(view.record))
                .collect();
            let doors = [
                dispute(view, &about),
                statement(view, &about, language),
                restoration(profile, view, &about, (today, language)),
                court(view, &about),
            ];
            doors.into_iter().flatten().collect()
        });
        Self {
            marks: marks(view, zone, language),
            doors,
        }
    }
}

fn marks(view: &RecordView, zone: &TimeZone, language: Language) -> Vec<Mark> {
    let mark = |word, meaning| Mark {
        word,
        meaning: say(language, meaning).to_string(),
        texts: Vec::new(),
    };
    let mut marks = Vec::new();
    marks.extend(ended(view, zone, language));
    if view.withheld {
        marks.push(mark(Key("mark-withheld"), Key("mark-withheld-meaning")));
    }
    if view.disputed {
        marks.push(mark(Key("mark-disputed"), Key("mark-disputed-meaning")));
    }
    if !view.statements.is_empty() {
        marks.push(Mark {
            texts: view.statements.clone(),
            ..mark(Key("mark-statement"), Key("mark-statement-meaning"))
        });
    }
    marks
}

/// The four ends, which mean four different things.
fn ended(view: &RecordView, zone: &TimeZone, language: Language) -> Option<Mark> {
    let latest = view.versions.last()?;
    let changed_on = latest.filed_at.to_zoned(zone.clone()).date();
    let (word, meaning, day) = match (view.status, latest.change) {
        (RecordStatus::Erased, _) => return None,
        (RecordStatus::Withdrawn, _) => (
            Key("mark-withdrawn"),
            Key("mark-withdrawn-meaning"),
            Some(changed_on),
        ),
        (RecordStatus::Restored, _) => (
            Key("mark-restored"),
            Key("mark-restored-meaning"),
            Some(changed_on),
        ),
        // An expired licence goes on being looked up; its status says so.
        (RecordStatus::Expired, _) if view.kind != RecordKind::Licence => (
            Key("mark-expired"),
            Key("mark-expired-meaning"),
            view.days.shown_until,
        ),
        (_, VersionKind::Corrected) => (
            Key("mark-corrected"),
            Key("mark-corrected-meaning"),
            Some(changed_on),
        ),
        _ => return None,
    };
    let day = time::day(language, day?);
    Some(Mark {
        word,
        meaning: say(language, meaning).with("day", day).to_string(),
        texts: Vec::new(),
    })
}

/// The procedure of this kind that waits for somebody.
fn under_way(about: &[&ProcedureView], kind: ProcedureKind, words: Key) -> Option<Door> {
    let found = about
        .iter()
        .find(|one| one.summary.kind == kind && one.summary.waits_for.is_some())?;
    Some(Door::Open {
        href: format!("/procedures/{}", found.summary.procedure),
        words,
    })
}

fn dispute(view: &RecordView, about: &[&ProcedureView]) -> Option<Door> {
    match view.status {
        RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased => return None,
        _ => {}
    }
    let running = under_way(about, ProcedureKind::Dispute, Key("door-dispute-under-way"));
    Some(running.unwrap_or_else(|| Door::Open {
        href: format!("/records/{}/dispute", view.record),
        words: Key("door-dispute"),
    }))
}

/// A court or another body outside may have decided otherwise about what an authority decided.
fn court(view: &RecordView, about: &[&ProcedureView]) -> Option<Door> {
    let decides = matches!(view.kind, RecordKind::Licence | RecordKind::Decision);
    if !decides || view.status == RecordStatus::Erased {
        return None;
    }
    let running = under_way(
        about,
        ProcedureKind::Reconsideration,
        Key("door-reconsideration-under-way"),
    );
    Some(running.unwrap_or_else(|| Door::Open {
        href: format!("/records/{}/court", view.record),
        words: Key("door-court"),
    }))
}

/// A statement is added where a dispute was answered and the record stands.
fn statement(view: &RecordView, about: &[&ProcedureView], language: Language) -> Option<Door> {
    if matches!(
        view.status,
        RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased
    ) {
        return None;
    }
    let upheld = about.iter().find(|one| {
        one.summary.kind == ProcedureKind::Dispute
            && one.summary.status == Status::Upheld
            && matches!(&one.course, Some(Procedure::Dispute(dispute)) if dispute.statement().is_none())
    });
    let door = match upheld {
        Some(one) => Door::Open {
            href: format!("/procedures/{}/statement", one.summary.procedure),
            words: Key("door-statement"),
        },
        None if !view.statements.is_empty() => return None,
        None => Door::Shut(say(language, Key("door-statement-not-yet")).to_string()),
    };
    Some(door)
}

/// Whether a decision prohibits practising.
fn prohibits(profile: &Profile, view: &RecordView) -> bool {
    let mut values = view.fields.values().filter_map(serde_json::Value::as_str);
    let penalty = values.find_map(|value| profile.penalty(value));
    penalty.is_some_and(|one| one.kind == DecisionKind::Prohibition)
}

/// Whether restoration is or comes to be had for a record. Where not, no door to it is shown, and no day.
pub(crate) fn may_be_restored(profile: &Profile, view: &RecordView) -> bool {
    view.kind == RecordKind::Decision
        && match view.status {
            RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased => false,
            RecordStatus::Expired => prohibits(profile, view),
            _ => true,
        }
}

fn restoration(
    profile: &Profile,
    view: &RecordView,
    about: &[&ProcedureView],
    (today, language): (Date, Language),
) -> Option<Door> {
    if !may_be_restored(profile, view) {
        return None;
    }
    let prohibits = prohibits(profile, view);
    let running = under_way(
        about,
        ProcedureKind::Restoration,
        Key("door-restoration-under-way"),
    );
    if running.is_some() {
        return running;
    }
    let lifted = view.days.lasts_until().is_some_and(|last| last < today);
    let from = view.days.restorable_from.max(view.days.starts_on)?;
    let door = if prohibits && !lifted {
        Door::Shut(say(language, Key("door-restoration-prohibition")).to_string())
    } else if today < from {
        let words = say(language, Key("door-restoration-not-yet"));
        Door::Shut(words.with("day", time::day(language, from)).to_string())
    } else {
        Door::Open {
            href: format!("/records/{}/restoration", view.record),
            words: Key("door-restoration"),
        }
    };
    Some(door)
}
