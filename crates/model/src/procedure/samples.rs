//! Made-up parties, moments and words for the tests of this folder.

use jiff::{
    Timestamp,
    civil::{Date, date},
};

use super::{
    Actor, AuthorityId, Course, FileKind, FileRef, Files, Machine, Notice, NoticeKind, Outcome, Party,
    ReviewerId, Sha256, Speaker, StepName, Why, Words,
};
use crate::{FileId, MandateId};

/// The day by which something is due, and the day after it.
pub(super) const DUE: Date = date(2026, 3, 21);
pub(super) const LATE: Date = date(2026, 3, 22);

/// A moment so many seconds after 1970.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn words(text: &str) -> Words {
    Words::new(text).unwrap()
}

/// The authority whose affair it is.
pub(super) fn bureau() -> AuthorityId {
    AuthorityId::new("law-bureau").unwrap()
}

/// Another one.
pub(super) fn hospital() -> AuthorityId {
    AuthorityId::new("hospital").unwrap()
}

pub(super) fn reviewer(number: u8) -> ReviewerId {
    ReviewerId::new(format!("reviewer-{number}")).unwrap()
}

pub(super) fn representative() -> Speaker {
    Speaker::Representative(MandateId::from_bytes([9; 16]))
}

pub(super) fn one_file() -> Files {
    Files::new(vec![FileRef {
        file: FileId::from_bytes([1; 16]),
        sha256: Sha256([2; 32]),
        kind: FileKind::Png,
        bytes: 3,
    }])
    .unwrap()
}

/// Who gets a notice of this kind.
pub(super) fn told(notices: &[Notice], kind: NoticeKind) -> Vec<Party> {
    let of_kind = notices.iter().filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.to.clone()).collect()
}

/// The steps that were done.
pub(super) fn steps<M: Machine>(course: &Course<M>) -> Vec<StepName> {
    course.history().iter().map(|step| step.name).collect()
}

/// Who did the last step.
pub(super) fn last_actor<M: Machine>(course: &Course<M>) -> Actor {
    course.history().last().unwrap().actor.clone()
}

/// Why a step is refused; holds that it gave back what it was tried on.
pub(super) fn why<M: Machine + std::fmt::Debug + PartialEq>(
    before: &Course<M>,
    outcome: Outcome<Course<M>>,
) -> Why
where
    M::Opening: std::fmt::Debug + PartialEq,
{
    let refused = outcome.unwrap_err();
    assert_eq!(&refused.unchanged, before, "a refused step changes nothing");
    assert_eq!(refused.refusal.status, Some(before.status()));
    refused.refusal.why
}
