//! Everything that can be tried on a procedure: each transition, by those whose it is and by others, with what
//! fits and what doesn't.

use std::num::NonZeroU32;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use model::{
    EventId, FileId, MandateId, ProcedureId, RecordId,
    procedure::{
        Actor, Application, AuthorityId, BreachReport, Complaint, ComplaintOpening, Dispute, DisputeOpening,
        FileKind, FileRef, Files, Matter, Notice, Order, Outcome, OutsideDecision, Procedure, ProcedureKind,
        Prohibition, Reconsideration, ReconsiderationOpening, Reconsidered, Refused, Restoration, ReviewerId,
        Sha256, Speaker, Terms, Words,
    },
};

/// The day on which everything is opened.
pub(crate) const FIRST: Date = date(2026, 3, 1);

pub(crate) type Tried = Result<(Procedure, Vec<Notice>), Box<Refused<Procedure>>>;

/// Something that can be tried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Attempt {
    Uphold(Side),
    Correct(Side, i64),
    Withdraw(Side, i64),
    TakeBack(bool),
    AddStatement,
    AskReconsideration,
    Assign(u8, ActorKind),
    Confirm(u8),
    Change(u8, Order),
    RecordOutside(Order),
    Follow(ActorKind),
    Take(Side),
    NotTake(Side),
    Grant(Side, usize),
    /// To body 0, and apart to body 3.
    GrantApart(Side),
    /// The person may know of a body that stood apart.
    ShowRecipient(usize),
    Refuse(Side),
    ConfirmStopped(usize),
    FindFounded(u8, u32),
    FindUnfounded(u8),
    /// The record is erased.
    EraseRecord,
    /// So many days go by.
    Wait(i32),
}

/// Whether it is the authority whose affair it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Theirs,
    Others,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum ActorKind {
    Person,
    Theirs,
    Others,
    Reviewer,
    Installation,
}

const SIDES: [Side; 2] = [Side::Theirs, Side::Others];
const ACTORS: [ActorKind; 5] = [
    ActorKind::Person,
    ActorKind::Theirs,
    ActorKind::Others,
    ActorKind::Reviewer,
    ActorKind::Installation,
];
/// Reviewer 0 had a part in everything.
const REVIEWERS: [u8; 3] = [0, 1, 2];

/// Every attempt but waiting.
pub(crate) fn every() -> Vec<Attempt> {
    let mut all = vec![
        Attempt::AddStatement,
        Attempt::AskReconsideration,
        Attempt::EraseRecord,
        Attempt::TakeBack(true),
        Attempt::TakeBack(false),
    ];
    for side in SIDES {
        all.extend([Attempt::Uphold(side), Attempt::Take(side), Attempt::NotTake(side)]);
        all.push(Attempt::Refuse(side));
        all.extend([1, 2].map(|version| Attempt::Correct(side, version)));
        all.extend([1, 2].map(|version| Attempt::Withdraw(side, version)));
        all.extend([0, 1, 3].map(|recipients| Attempt::Grant(side, recipients)));
        all.push(Attempt::GrantApart(side));
    }
    for reviewer in REVIEWERS {
        all.extend([Attempt::Confirm(reviewer), Attempt::FindUnfounded(reviewer)]);
        all.extend([0, 5].map(|affected| Attempt::FindFounded(reviewer, affected)));
        all.extend(Order::ALL.iter().map(|order| Attempt::Change(reviewer, *order)));
        all.extend(ACTORS.map(|actor| Attempt::Assign(reviewer, actor)));
    }
    all.extend(Order::ALL.iter().map(|order| Attempt::RecordOutside(*order)));
    all.extend(ACTORS.map(Attempt::Follow));
    all.extend([0, 1, 2, 3].map(Attempt::ConfirmStopped));
    all.extend([0, 3].map(Attempt::ShowRecipient));
    all
}

pub(crate) fn words(text: &str) -> Words {
    Words::new(text).unwrap()
}

fn authority(side: Side) -> AuthorityId {
    AuthorityId::new(match side {
        Side::Theirs => "law-bureau",
        Side::Others => "hospital",
    })
    .unwrap()
}

fn body(number: usize) -> AuthorityId {
    AuthorityId::new(format!("body-{number}")).unwrap()
}

fn reviewer(number: u8) -> ReviewerId {
    ReviewerId::new(format!("reviewer-{number}")).unwrap()
}

fn actor(kind: ActorKind) -> Actor {
    match kind {
        ActorKind::Person => Actor::Person,
        ActorKind::Theirs => Actor::Authority(authority(Side::Theirs)),
        ActorKind::Others => Actor::Authority(authority(Side::Others)),
        ActorKind::Reviewer => Actor::Reviewer(reviewer(2)),
        ActorKind::Installation => Actor::Installation,
    }
}

fn speaker(represented: bool) -> Speaker {
    if represented {
        Speaker::Representative(MandateId::from_bytes([4; 16]))
    } else {
        Speaker::Person
    }
}

fn files() -> Files {
    Files::new(vec![FileRef {
        file: FileId::from_bytes([1; 16]),
        sha256: Sha256([2; 32]),
        kind: FileKind::Jpeg,
        bytes: 9,
    }])
    .unwrap()
}

fn dispute() -> (Dispute, Vec<Notice>) {
    let opening = DisputeOpening {
        by: speaker(true),
        record: RecordId::from_bytes([1; 16]),
        version: 1,
        field: None,
        authority: authority(Side::Theirs),
        text: words("as the person says"),
        files: files(),
        opened_at: Timestamp::UNIX_EPOCH,
    };
    Dispute::open(opening, FIRST + 20.days())
}

fn reconsideration(of: Reconsidered) -> (Reconsideration, Vec<Notice>) {
    let opening = ReconsiderationOpening {
        by: speaker(true),
        of,
        authority: authority(Side::Theirs),
        text: words("as the person says"),
        files: files(),
        opened_at: Timestamp::UNIX_EPOCH,
        told_in_vain: false,
    };
    Reconsideration::open(opening, FIRST + 20.days())
}

fn restoration() -> (Restoration, Vec<Notice>) {
    let application = Application {
        by: speaker(true),
        decision: RecordId::from_bytes([1; 16]),
        authority: authority(Side::Theirs),
        pledge: Some(words("as the person says")),
        duties: Some(words("as the person says")),
        applied_at: Timestamp::UNIX_EPOCH,
    };
    let terms = Terms {
        today: FIRST,
        may_apply_from: FIRST,
        prohibition: Prohibition::None,
        accept_by: FIRST + 5.days(),
        answer_by: FIRST + 14.days(),
    };
    Restoration::apply(application, terms).unwrap()
}

fn complaint() -> (Complaint, Vec<Notice>) {
    let opening = ComplaintOpening {
        by: speaker(true),
        about: Matter::Leak,
        look: None,
        authority: Some(authority(Side::Theirs)),
        text: words("as the person says"),
        files: files(),
        opened_at: Timestamp::UNIX_EPOCH,
    };
    Complaint::open(opening, FIRST + 20.days())
}

/// One procedure of each kind, and of a reconsideration one of each thing that it can be of.
pub(crate) fn begun() -> Vec<(Procedure, Vec<Notice>)> {
    vec![
        wrap(dispute()),
        wrap(reconsideration(Reconsidered::Dispute(ProcedureId::from_bytes(
            [1; 16],
        )))),
        wrap(reconsideration(Reconsidered::Look(EventId::from_bytes([1; 16])))),
        wrap(restoration()),
        wrap(complaint()),
        wrap(reconsideration(Reconsidered::Record(RecordId::from_bytes(
            [1; 16],
        )))),
    ]
}

/// The kinds in the order of [`begun`].
pub(crate) const KINDS: [ProcedureKind; 6] = [
    ProcedureKind::Dispute,
    ProcedureKind::Reconsideration,
    ProcedureKind::Reconsideration,
    ProcedureKind::Restoration,
    ProcedureKind::Complaint,
    ProcedureKind::Reconsideration,
];

fn wrap<C: Into<Procedure>>((course, notices): (C, Vec<Notice>)) -> (Procedure, Vec<Notice>) {
    (course.into(), notices)
}

fn tried<C: Into<Procedure>>(outcome: Outcome<C>) -> Tried {
    outcome
        .map(wrap)
        .map_err(|refused| Box::new(refused.map(Into::into)))
}

/// Tries it on a procedure on the day `today`. None where procedures of this kind know nothing like it.
pub(crate) fn try_on(procedure: Procedure, attempt: Attempt, today: Date, at: Timestamp) -> Option<Tried> {
    if let Attempt::Wait(_) = attempt {
        return Some(Ok(procedure.on_day(today, at)));
    }
    match procedure {
        Procedure::Dispute(course) => try_on_dispute(course, attempt, at).map(tried),
        Procedure::Reconsideration(course) => try_on_reconsideration(course, attempt, today, at).map(tried),
        Procedure::Restoration(course) => try_on_restoration(course, attempt, at).map(tried),
        Procedure::Complaint(course) => try_on_complaint(course, attempt, at).map(tried),
    }
}

fn try_on_dispute(dispute: Dispute, attempt: Attempt, at: Timestamp) -> Option<Outcome<Dispute>> {
    let reasons = words("as the authority says");
    Some(match attempt {
        Attempt::Uphold(side) => dispute.uphold(authority(side), reasons, at),
        Attempt::Correct(side, version) => dispute.correct(authority(side), reasons, version, at),
        Attempt::Withdraw(side, version) => dispute.withdraw(authority(side), reasons, version, at),
        Attempt::TakeBack(represented) => dispute.take_back(speaker(represented), at),
        Attempt::AddStatement => dispute.add_statement(Speaker::Person, words("still not so"), at),
        Attempt::AskReconsideration => {
            dispute.ask_reconsideration(Speaker::Person, ProcedureId::from_bytes([8; 16]), at)
        }
        Attempt::EraseRecord => dispute.end_with_record(at),
        _ => return None,
    })
}

fn try_on_reconsideration(
    reconsideration: Reconsideration,
    attempt: Attempt,
    today: Date,
    at: Timestamp,
) -> Option<Outcome<Reconsideration>> {
    let reasons = words("as the reviewer says");
    let follow_by = today + 3.days();
    Some(match attempt {
        Attempt::Assign(to, by) => reconsideration.assign(reviewer(to), &[reviewer(0)], actor(by), at),
        Attempt::Confirm(by) => reconsideration.confirm(reviewer(by), reasons, at),
        Attempt::Change(by, order) => reconsideration.change(reviewer(by), reasons, order, follow_by, at),
        Attempt::RecordOutside(order) => {
            let decision = OutsideDecision {
                body: words("a court"),
                reference: words("7"),
                decided_on: today,
                order,
                fields: Vec::new(),
                follow_by,
                earlier: Vec::new(),
            };
            reconsideration.record_outside(reviewer(1), decision, at)
        }
        Attempt::Follow(by) => reconsideration.follow(actor(by), at),
        Attempt::EraseRecord if reconsideration.opening().of.is_of_record() => {
            reconsideration.end_with_record(at)
        }
        _ => return None,
    })
}

fn try_on_restoration(
    restoration: Restoration,
    attempt: Attempt,
    at: Timestamp,
) -> Option<Outcome<Restoration>> {
    let reasons = words("as the authority says");
    Some(match attempt {
        Attempt::Take(side) => restoration.take(authority(side), at),
        Attempt::NotTake(side) => restoration.not_take(authority(side), reasons, at),
        Attempt::Grant(side, recipients) => {
            let given_to = (0..recipients).map(body).collect();
            restoration.grant(authority(side), reasons, given_to, FIRST + 24.days(), at)
        }
        Attempt::Refuse(side) => restoration.refuse(authority(side), reasons, at),
        Attempt::GrantApart(side) => {
            let given = (vec![body(0)], vec![body(3), body(3), body(0)]);
            restoration.grant_with_apart(authority(side), reasons, given, FIRST + 24.days(), at)
        }
        Attempt::ShowRecipient(number) => restoration.show_recipient(&body(number), at),
        Attempt::ConfirmStopped(number) => {
            let apart = restoration.state().apart().iter();
            match apart.map(|one| &one.authority).any(|one| *one == body(number)) {
                true => restoration.confirm_apart(&body(number), Some("clerk".to_owned()), at),
                false => restoration.confirm(body(number), at),
            }
        }
        Attempt::EraseRecord => restoration.end_with_record(at),
        _ => return None,
    })
}

fn try_on_complaint(complaint: Complaint, attempt: Attempt, at: Timestamp) -> Option<Outcome<Complaint>> {
    let reasons = words("as the reviewer says");
    Some(match attempt {
        Attempt::Assign(to, by) => complaint.assign(reviewer(to), &[reviewer(0)], actor(by), at),
        Attempt::FindFounded(by, affected) => {
            let breach = NonZeroU32::new(affected).map(|affected| BreachReport { affected });
            complaint.find_founded(reviewer(by), reasons, words("what is done"), breach, at)
        }
        Attempt::FindUnfounded(by) => complaint.find_unfounded(reviewer(by), reasons, at),
        Attempt::TakeBack(represented) => complaint.take_back(speaker(represented), at),
        Attempt::EraseRecord => complaint.end_with_record(at),
        _ => return None,
    })
}
