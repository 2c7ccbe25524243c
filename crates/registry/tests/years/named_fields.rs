//! Which fields of a record a court orders to be put right: it is followed once each of them says something else than before
//! the day of the judgment.

use jiff::civil::Date;
use model::{RecordKind, VersionKind};

use crate::{
    calendar::after_days,
    court::is_known,
    model::{Judgment, Order, Procedure, Record, Said, Who},
    run::{Run, day_of},
};

/// A field that every document has and no correction changes.
const UNCHANGING: &str = "document_number";

/// The fields of a kind that corrections change here, by name.
const fn changing(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::Licence => &["scope", "valid_until"],
        RecordKind::Decision => &["disclosure_ends_on", "penalty_content"],
        RecordKind::Training => &["hours"],
        RecordKind::Commendation => &["reason"],
    }
}

/// What stands in a field.
fn says(said: &Said, field: &str) -> (Option<Date>, Option<u32>) {
    match field {
        "valid_until" | "disclosure_ends_on" => (said.to, None),
        "hours" => (None, Some(said.text % 1000)),
        _ => (None, Some(said.text)),
    }
}

/// What a record said before this day, or when it was filed.
fn said_before(record: &Record, day: Date) -> Option<&Said> {
    let versions = record.versions.iter();
    let before = versions.filter(|one| one.change == VersionKind::Filed || day_of(one.at) < day);
    before.filter_map(|one| one.said.as_ref()).next_back()
}

/// Whether a court ordered that fields are put right that it names.
pub(crate) fn names_fields(one: &Procedure) -> bool {
    let judgment = one.judgment.as_ref().filter(|_| one.is_to_be_followed());
    judgment.is_some_and(|judgment| !judgment.fields.is_empty())
}

/// Whether each field that is named is put right where the record says this.
pub(crate) fn are_put_right(record: &Record, one: &Procedure, now: &Said) -> bool {
    let judgment = one.judgment.as_ref().unwrap();
    said_before(record, judgment.decided_on).is_some_and(|before| {
        let mut fields = judgment.fields.iter();
        fields.all(|field| says(before, field) != says(now, field))
    })
}

/// The fields that say something else than before this day, by name.
fn put_right_since(record: &Record, day: Date) -> Vec<&'static str> {
    let now = record.said();
    let Some(before) = said_before(record, day) else {
        return Vec::new();
    };
    let fields = changing(record.kind).iter().copied();
    fields
        .filter(|field| says(before, field) != says(now, field))
        .collect()
}

/// The day on which a record was corrected, where nothing came after that and a court that decided before it may be heard
/// of still.
fn corrected_lately(record: &Record, today: Date) -> Option<Date> {
    /// For how many days.
    const HEARD_OF: i64 = 30;

    let last = record.versions.last().unwrap();
    let day = Some(day_of(last.at)).filter(|day| *day >= after_days(today, -HEARD_OF));
    day.filter(|_| last.change == VersionKind::Corrected)
}

/// Whether a court that is heard of now may have named fields of this record that were put right meanwhile.
pub(crate) fn is_put_right(record: &Record, today: Date) -> bool {
    let day = corrected_lately(record, today).filter(|_| is_known(record, today));
    day.is_some_and(|day| !put_right_since(record, day).is_empty())
}

/// Whether one is named that no correction changes.
pub(crate) fn are_unknown(fields: &[&str]) -> bool {
    fields.contains(&UNCHANGING)
}

impl Run {
    /// The fields that a judgment about a record names: of a correction, mostly some.
    pub(crate) fn fields_about(&mut self, who: Who, record: usize, order: Order) -> Vec<&'static str> {
        if order != Order::Correct || self.one_in(3) {
            return Vec::new();
        }
        let all = changing(self.record(who, record).kind);
        let mut fields = match self.one_in(2) {
            true => all.to_vec(),
            false => vec![self.pick(all)],
        };
        if self.one_in(5) {
            fields.push(UNCHANGING);
            fields.sort_unstable();
        }
        fields
    }

    /// What a court decided about a record before it was corrected: it names what that has put right, or some of it.
    pub(crate) fn judgment_overtaken(&mut self, who: Who, record: usize) -> Judgment {
        let corrected = corrected_lately(self.record(who, record), self.today()).unwrap();
        let decided_on = after_days(corrected, -(self.draw(4) as i64));
        let mut fields = put_right_since(self.record(who, record), decided_on);
        if fields.len() > 1 && self.one_in(2) {
            fields = vec![self.pick(&fields)];
        }
        Judgment {
            reference: format!("made-up 2027-{}", self.next_text()),
            decided_on,
            order: Order::Correct,
            fields,
        }
    }

    /// What an authority says that corrects a record as was ordered: mostly in each field that is named.
    pub(crate) fn corrected_as_ordered(&mut self, who: Who, record: usize, one: &Procedure) -> Said {
        let before = self.record(who, record).said().clone();
        let mut said = self.corrected(who, record);
        if !names_fields(one) {
            return said;
        }
        let fields = one.judgment.clone().unwrap().fields;
        if fields.iter().any(|field| says(&before, field).0.is_some()) {
            said.to = before.to.map(|to| after_days(to, 1 + self.draw(40) as i64));
        }
        if before.text != u32::MAX && self.one_in(3) {
            match says(&before, self.pick(&fields)) {
                (Some(_), _) => said.to = before.to,
                _ => said.text = before.text,
            }
        }
        said
    }
}
