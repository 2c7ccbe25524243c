//! A record as those who may see it read it: its fields, its days and the status that they give today.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use keys::DataKey;
use model::{RecordId, RecordKind, RecordStatus, SubmissionId, VersionKind};
use profile::Profile;

use crate::{RegistryError, effect, leaf::Salt, record::Version, retention};

/// The fields of a record, by their names in the profile.
pub type Fields = BTreeMap<String, serde_json::Value>;

/// The days that decide what becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Days {
    /// The first day on which it counts.
    pub starts_on: Option<Date>,
    /// The last day on which it counts, as filed.
    pub ends_on: Option<Date>,
    /// The last day on which it is shown to others: the filed one, or an earlier one that the law sets.
    pub shown_until: Option<Date>,
    /// Whether the law shortened what was filed.
    pub shortened: bool,
    /// The last day on which a decision restricts its licences, where it says one. Otherwise as long as it is shown.
    pub restricts_until: Option<Date>,
    /// The first day on which the person may ask for restoration.
    pub restorable_from: Option<Date>,
    /// The last day on which it is kept.
    pub kept_until: Option<Date>,
}

impl Days {
    /// The last day on which a prohibition lasts: the one that it names, or the last of its disclosure if that is earlier.
    pub fn lasts_until(&self) -> Option<Date> {
        self.restricts_until
            .map_or(self.ends_on, |day| self.ends_on.map(|end| end.min(day)))
    }
}

/// One version of a record.
#[derive(Debug, Clone, serde::Serialize)]
pub struct VersionView {
    /// Its number, from 1.
    pub version: i64,
    /// What it did.
    pub change: VersionKind,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// The submission that it came in.
    pub submission: SubmissionId,
    /// The row of that submission.
    pub row: u64,
    /// Its place in the log.
    pub leaf: u64,
    /// Its fields. None: their retention period is over and they are destroyed.
    pub fields: Option<Fields>,
}

/// A record with all its versions.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RecordView {
    /// Its identifier.
    pub record: RecordId,
    /// What kind of fact it is.
    pub kind: RecordKind,
    /// Its status today.
    pub status: RecordStatus,
    /// The decisions that give it this status, where decisions do.
    pub decided_by: Vec<RecordId>,
    /// The authority that filed it.
    pub authority: String,
    /// The one profession in which it has effect.
    pub profession: String,
    /// The legal basis under which it was filed.
    pub basis: String,
    /// Whether the person disputes it, and that is not settled.
    pub disputed: bool,
    /// Whether it is kept from everybody but the person and its authority: the authority is late with its answer.
    pub withheld: bool,
    /// What the person says to it, for everybody who is shown it.
    pub statements: Vec<String>,
    /// The days that decide its status.
    pub days: Days,
    /// Its fields as they stand now. Empty once they are destroyed.
    pub fields: Fields,
    /// Its versions, the oldest first.
    pub versions: Vec<VersionView>,
}

/// A version's content and salt, opened.
pub(crate) struct Opened {
    pub(crate) salt: Salt,
    pub(crate) content: Vec<u8>,
    pub(crate) fields: Fields,
}

/// Opens a version's content. Nothing if it was erased.
pub(crate) fn open(version: &Version, person: Option<&DataKey>) -> Result<Option<Opened>, RegistryError> {
    if version.sealed.is_none() {
        return Ok(None);
    }
    let person = person.ok_or(RegistryError::Stored("a person"))?;
    let Some((salt, content)) = version.open(person)? else {
        return Ok(None);
    };
    let fields = if content.is_empty() {
        Fields::new()
    } else {
        serde_json::from_slice(&content).map_err(|_| RegistryError::Stored("a record's fields"))?
    };
    Ok(Some(Opened {
        salt,
        content,
        fields,
    }))
}

/// The date in a field.
pub(crate) fn date(fields: &Fields, name: &str) -> Option<Date> {
    fields.get(name)?.as_str()?.parse().ok()
}

/// A record type's days, worked out from its fields and the profile's periods.
pub(crate) fn days(profile: &Profile, kind: RecordKind, fields: &Fields) -> Days {
    days_of(
        profile,
        kind,
        &|name| date(fields, name),
        penalty(profile, kind, fields),
    )
}

/// The category of penalty in a decision's fields.
pub(crate) fn penalty<'f>(profile: &Profile, kind: RecordKind, fields: &'f Fields) -> Option<&'f str> {
    let field = profile.record_type(kind)?.field_of_kind("penalty")?;
    fields.get(&field.name)?.as_str()
}

/// The same from the dates by the names of their fields, and the category of penalty of a decision.
pub(crate) fn days_of(
    profile: &Profile,
    kind: RecordKind,
    date: &dyn Fn(&str) -> Option<Date>,
    category: Option<&str>,
) -> Days {
    let mut days = Days {
        starts_on: None,
        ends_on: None,
        shown_until: None,
        shortened: false,
        restricts_until: None,
        restorable_from: None,
        kept_until: None,
    };
    let Some(record_type) = profile.record_type(kind) else {
        return days;
    };
    days.starts_on = date(&record_type.period.from);
    days.ends_on = record_type.period.to.as_ref().and_then(|field| date(field));
    days.shown_until = days.ends_on;
    let restricts_until = record_type.period.restricts_until.as_ref();
    days.restricts_until = restricts_until.and_then(|field| date(field));
    let counted = profile
        .retention
        .get(&kind)
        .and_then(|period| date(period.counted_from()));
    days.kept_until = counted.and_then(|day| profile.kept_until(kind, day));
    if let (RecordKind::Decision, Some(starts_on), Some(ends_on)) = (kind, days.starts_on, days.ends_on)
        && let Some(decision) = profile.decision_days(
            category.unwrap_or_default(),
            starts_on,
            ends_on,
            days.restricts_until,
        )
    {
        days.shown_until = Some(decision.disclosed_until);
        days.shortened = decision.shortened;
        days.restorable_from = Some(decision.restorable_from);
        days.kept_until = Some(decision.kept_until);
    }
    days
}

/// The records in these versions, which stand record by record, the oldest version first. The latest filed
/// record comes first. The versions of a licence come with those of every decision that reaches it, without
/// which its status would be another. The person's key is gone once all of them are erased.
pub(crate) fn records<'k>(
    profile: &Profile,
    today: Date,
    person: impl Into<Option<&'k DataKey>>,
    versions: &[Version],
) -> Result<Vec<RecordView>, RegistryError> {
    let person = person.into();
    let mut views = Vec::new();
    for group in versions.chunk_by(|a, b| a.head.record == b.head.record) {
        views.push(record(profile, today, person, group)?);
    }
    views.sort_by_key(|view| std::cmp::Reverse(view.versions.first().map(|version| version.leaf)));
    effect::apply(today, versions, &mut views);
    Ok(views)
}

/// One record, from its versions, the oldest first, of which there is at least one. Its status is what its own
/// days give it.
fn record(
    profile: &Profile,
    today: Date,
    person: Option<&DataKey>,
    versions: &[Version],
) -> Result<RecordView, RegistryError> {
    let latest = &versions.last().ok_or(RegistryError::Stored("a record"))?.head;
    let mut views = Vec::with_capacity(versions.len());
    let mut fields = Fields::new();
    for version in versions {
        let opened = open(version, person)?.map(|opened| opened.fields);
        // A withdrawal or restoration says nothing new about the fields.
        let says = opened.filter(|_| carries_fields(version.head.change));
        if let Some(opened) = &says {
            fields.clone_from(opened);
        }
        views.push(VersionView {
            version: version.head.version,
            change: version.head.change,
            filed_at: version.head.filed_at,
            submission: version.head.submission,
            row: version.head.row_number,
            leaf: version.head.leaf,
            fields: says,
        });
    }
    let mut days = days(profile, latest.kind, &fields);
    days.kept_until = retention::kept_until(profile, versions.iter().map(|version| &version.head));
    let starts_on = days.starts_on.unwrap_or(Date::MIN);
    let status = match versions.last() {
        Some(version) if version.sealed.is_none() => RecordStatus::Erased,
        _ => RecordStatus::on(today, latest.change, starts_on, days.shown_until, days.kept_until),
    };
    Ok(RecordView {
        record: latest.record,
        kind: latest.kind,
        status,
        decided_by: Vec::new(),
        authority: latest.authority.to_string(),
        profession: latest.profession.to_string(),
        basis: latest.basis.to_string(),
        disputed: false,
        withheld: false,
        statements: Vec::new(),
        days,
        fields,
        versions: views,
    })
}

/// Whether a version of this kind carries the record's fields.
pub(crate) fn carries_fields(change: VersionKind) -> bool {
    matches!(change, VersionKind::Filed | VersionKind::Corrected)
}
