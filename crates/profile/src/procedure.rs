//! The procedures' deadlines and the other numbers that they go by.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{ByDay, Calendar, Ground};

/// A number of days within which something must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// How many days.
    pub days: u32,
    /// Whether they are working days.
    pub working_days: bool,
    /// Where it comes from.
    pub ground: Ground,
}

impl ByDay<Deadline> {
    /// The last day of the deadline that holds on `from`, counted from the day after. None where it is counted in
    /// working days of a year that is not in the calendar.
    pub fn due_on(&self, from: Date, calendar: &Calendar) -> Option<Date> {
        self.on(from).due_on(from, calendar)
    }
}

impl Deadline {
    /// The last day of the deadline, counted from the day after `from`. None where it is counted in working
    /// days of a year that is not in the calendar. Where `from` is a day on which it does not hold, another one counts:
    /// see [`ByDay::due_on`].
    pub fn due_on(&self, from: Date, calendar: &Calendar) -> Option<Date> {
        if self.working_days {
            return calendar.after_working_days(from, self.days);
        }
        let span = jiff::Span::new().try_days(i64::from(self.days));
        Some(span.map_or(Date::MAX, |span| from.saturating_add(span)))
    }
}

/// A number other than a deadline, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub number: u32,
    /// Where it comes from.
    pub ground: Ground,
}

/// A form of file that a person may send with a dispute, an application or a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileFormat {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl FileFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Png, Self::Jpeg];

    /// Its word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }
}

/// What files a person may send with one step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLimits {
    /// The most files.
    pub most: u32,
    /// The most megabytes of each, of 1,048,576 bytes.
    pub most_megabytes: u32,
    /// The forms that are taken; there is at least one.
    pub formats: BTreeSet<FileFormat>,
    /// Where the limits come from.
    pub ground: Ground,
}

impl FileLimits {
    /// A megabyte, in bytes.
    pub(crate) const MEGABYTE: u64 = 1_048_576;

    /// The most bytes of one file.
    pub fn most_bytes(&self) -> u64 {
        u64::from(self.most_megabytes) * Self::MEGABYTE
    }
}

/// The deadlines of the procedures, and the other numbers that they go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedures {
    /// The authority answers a dispute.
    pub dispute_answer: ByDay<Deadline>,
    /// A reviewer answers a reconsideration.
    pub reconsideration_answer: ByDay<Deadline>,
    /// A reviewer answers a complaint.
    pub complaint_answer: ByDay<Deadline>,
    /// The authority says whether it takes an application for restoration.
    pub restoration_acceptance: ByDay<Deadline>,
    /// The authority answers an application for restoration that it took.
    pub restoration_answer: ByDay<Deadline>,
    /// A body that was given a decision confirms, after its restoration, that it stopped using it.
    pub stop_confirmed: ByDay<Deadline>,
    /// What a court or an administrative-reconsideration body decided is followed; and, before that, put down by a reviewer
    /// where the person told of it.
    pub court_followed: ByDay<Deadline>,
    /// An alert goes to those who license the same profession, and the person is told of it.
    pub alert_sent: ByDay<Deadline>,
    /// An alert that has ended is closed wherever it went.
    pub alert_closed: ByDay<Deadline>,
    /// The person is told that a deleted or withdrawn record came in again.
    pub reentry_told: ByDay<Deadline>,
    /// Those affected by a breach are told.
    pub breach_told: ByDay<Deadline>,
    /// The most characters of what a person writes: the text of a dispute, an application or a complaint, and a
    /// statement that travels with a record.
    pub statement_characters: ByDay<Number>,
    /// What files a person may send.
    pub files: ByDay<FileLimits>,
    /// How many months back those who were given a record are told that it is disputed or has ended.
    pub recipients_months: ByDay<Number>,
    /// How many months after its last step a complaint, or a reconsideration of a look, is kept where nothing else is
    /// held about whoever opened it.
    pub complaint_kept_months: ByDay<Number>,
    /// An authority takes a proposed commendation up or declines it; past that it lapses. So long after it was
    /// declined, what was said in it is destroyed.
    pub proposal_answer: ByDay<Deadline>,
    /// How many whole years without a decision open the green channel.
    pub green_channel_years: ByDay<Number>,
}
