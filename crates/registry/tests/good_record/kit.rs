//! What these tests share.

use std::collections::BTreeMap;

use model::{ProposalId, RecordId, RecordKind};
use registry::{
    EventKind, GoodRecord, NoticeKind, ProposalError, Propose, PublishedCommendation, RecordView, TakeUp,
};
use testkit::{Engine, Installation, SourceRow, made_up, wait};

pub(crate) const LAW: &str = "law-bureau";
pub(crate) const SCHOOLS: &str = "education-department";
pub(crate) const ASSOCIATION: &str = "lawyers-association";

/// Two lawyers, the first of whom teaches too.
pub(crate) fn filled(engine: Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(
        LAW,
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    here.file(SCHOOLS, RecordKind::Licence, &[SourceRow::teacher(1)]);
    here
}

/// The lawyers' association's wish that the law bureau commends the `n`th person.
pub(crate) fn proposal(n: u32) -> Propose {
    let person = made_up(n);
    let words = [
        ("title", "法律援助先进个人（推荐）"),
        ("reason", "虚构示例：多年义务代理。"),
    ];
    Propose {
        association: ASSOCIATION.to_owned(),
        staff: None,
        authority: LAW.to_owned(),
        profession: "lawyer".to_owned(),
        id_number: person.number,
        name: person.name,
        words: texts(&words),
        nonce: None,
    }
}

pub(crate) fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    pairs.iter().map(owned).collect()
}

pub(crate) fn propose(here: &Installation, n: u32) -> ProposalId {
    wait(here.registry.propose_commendation(proposal(n))).unwrap()
}

/// What the law bureau adds to a proposal.
pub(crate) fn adding(proposal: ProposalId) -> TakeUp {
    TakeUp {
        proposal,
        fields: texts(&[
            ("document_number", "甘律奖〔2026〕1号"),
            ("granted_on", "2026-11-20"),
            ("legal_basis", "lawyer-commendation"),
        ]),
    }
}

pub(crate) fn take_up(here: &Installation, take_up: TakeUp) -> Result<RecordId, ProposalError> {
    wait(here.registry.take_up_proposal(LAW, take_up))
}

/// The code of what was refused.
pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, ProposalError>) -> &'static str {
    answer.map_or_else(|error| error.code(), |_| "done")
}

pub(crate) fn good_record(here: &Installation, n: u32) -> GoodRecord {
    here.file_of(n).good_record
}

/// The one commendation of the `n`th person.
pub(crate) fn commendation(here: &Installation, n: u32) -> RecordView {
    let records = here.file_of(n).records;
    let mut found = records
        .into_iter()
        .filter(|one| one.kind == RecordKind::Commendation);
    found.next().unwrap()
}

/// What everybody sees on the first page.
pub(crate) fn published(here: &Installation) -> Vec<PublishedCommendation> {
    wait(here.registry.published_commendations(1))
        .unwrap()
        .commendations
}

pub(crate) fn names(here: &Installation) -> Vec<String> {
    published(here).into_iter().map(|one| one.name).collect()
}

pub(crate) fn events(here: &Installation, n: u32, kind: EventKind) -> usize {
    let events = here.file_of(n).events;
    events.iter().filter(|event| event.kind == kind).count()
}

pub(crate) fn notices(here: &Installation, n: u32, kind: NoticeKind) -> usize {
    let notices = wait(here.registry.notices(here.person(n))).unwrap();
    notices.iter().filter(|notice| notice.kind == kind).count()
}
