//! Dispute (异议): a person says that a version of a record, or one field of it, is wrong. From that moment it shows
//! as disputed. The authority upholds, corrects or withdraws; if it is silent past the day, the record stops
//! being disclosed until it answers.

use jiff::{Timestamp, civil::Date};

use super::{
    Actor, AuthorityId, Course, Due, Files, Machine, Notice, NoticeKind, Outcome, Party, ProcedureKind, Rule,
    Speaker, Status, StepName, Why, Words, course::free,
};
use crate::{ProcedureId, RecordId};

/// A dispute in its course.
pub type Dispute = Course<DisputeState>;

/// What a dispute is opened with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeOpening {
    /// Who opened it.
    pub by: Speaker,
    /// The record.
    pub record: RecordId,
    /// Its version that is disputed.
    pub version: i64,
    /// The field that is disputed, by its id in the profile. None: the whole.
    pub field: Option<String>,
    /// The authority that filed the record, which answers.
    pub authority: AuthorityId,
    /// What the person says.
    pub text: Words,
    /// What they put to it.
    pub files: Files,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// The person's own statement, which travels with the record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What it says.
    pub text: Words,
    /// When it was added.
    pub added_at: Timestamp,
}

/// Where a dispute stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum DisputeState {
    /// It waits for the authority.
    Open {
        /// The last day on which an answer is in time.
        due_on: Date,
    },
    /// It waits for the authority, which is late.
    Overdue {
        /// The last day on which an answer would have been in time.
        due_on: Date,
    },
    /// The record stands.
    Upheld {
        /// Why.
        reasons: Words,
        /// What the person says to that.
        statement: Option<Statement>,
        /// The reconsideration that the person opened.
        reconsideration: Option<ProcedureId>,
    },
    /// The record was put right.
    Corrected {
        /// Why.
        reasons: Words,
        /// The version that is right.
        version: i64,
        /// The reconsideration that the person opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reconsideration: Option<ProcedureId>,
    },
    /// The record was taken back.
    Withdrawn {
        /// Why.
        reasons: Words,
        /// The version that says so.
        version: i64,
        /// The reconsideration that the person opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reconsideration: Option<ProcedureId>,
    },
    /// The person took the dispute back.
    TakenBack {},
    /// The record was erased at the end of its retention, before an answer.
    RecordErased {},
}

impl Machine for DisputeState {
    type Opening = DisputeOpening;

    const KIND: ProcedureKind = ProcedureKind::Dispute;
    const RULES: &'static [Rule] = rules! {
        begins: Open by Person => Open, DisputeOpened;
        Open: Uphold by Authority => Upheld, DisputeUpheld;
        Open: Correct by Authority => Corrected, DisputeCorrected;
        Open: Withdraw by Authority => Withdrawn, DisputeWithdrawn;
        Open: TakeBack by Person => TakenBack, DisputeTakenBack;
        Open: PassDueDay by Installation => Overdue, DisputeOverdue;
        Overdue: Uphold by Authority => Upheld, DisputeUpheld;
        Overdue: Correct by Authority => Corrected, DisputeCorrected;
        Overdue: Withdraw by Authority => Withdrawn, DisputeWithdrawn;
        Overdue: TakeBack by Person => TakenBack, DisputeTakenBack;
        Upheld: AddStatement by Person => Upheld, StatementAdded;
        // The reconsideration itself tells everybody that it was opened.
        Upheld: AskReconsideration by Person => Upheld;
        // It may have been put right wrongly.
        Corrected: AskReconsideration by Person => Corrected;
        // More may have been taken back than was wrong.
        Withdrawn: AskReconsideration by Person => Withdrawn;
        Open: EraseRecord by Installation => RecordErased, RecordErased;
        Overdue: EraseRecord by Installation => RecordErased, RecordErased;
    };

    fn status(&self) -> Status {
        match self {
            Self::Open { .. } => Status::Open,
            Self::Overdue { .. } => Status::Overdue,
            Self::Upheld { .. } => Status::Upheld,
            Self::Corrected { .. } => Status::Corrected,
            Self::Withdrawn { .. } => Status::Withdrawn,
            Self::TakenBack {} => Status::TakenBack,
            Self::RecordErased {} => Status::RecordErased,
        }
    }

    fn due(&self) -> Option<Due> {
        match *self {
            Self::Open { due_on: on } => Some(Due {
                on,
                step: StepName::PassDueDay,
            }),
            _ => None,
        }
    }

    fn passed(self) -> Self {
        match self {
            Self::Open { due_on } => Self::Overdue { due_on },
            other => other,
        }
    }

    fn is_theirs(&self, opening: &DisputeOpening, _: StepName, actor: &Actor) -> bool {
        match actor {
            Actor::Authority(id) => *id == opening.authority,
            _ => true,
        }
    }

    fn waits_for(&self, opening: &DisputeOpening) -> Option<Party> {
        matches!(self, Self::Open { .. } | Self::Overdue { .. })
            .then(|| Party::Authority(opening.authority.clone()))
    }

    fn notices(&self, opening: &DisputeOpening, kind: NoticeKind) -> Vec<Notice> {
        let mut parties = opening.by.parties();
        parties.push(Party::Authority(opening.authority.clone()));
        parties.push(match kind {
            NoticeKind::DisputeOverdue => Party::Reviewers,
            // Whoever was given the record must know that it is disputed, what became of that, and what the
            // person says to it.
            _ => Party::Recipients,
        });
        Notice::to_each(parties, kind)
    }

    fn record_erased(_: &DisputeOpening) -> Option<Self> {
        Some(Self::RecordErased {})
    }
}

impl DisputeState {
    /// The reconsideration of its outcome that the person opened.
    pub const fn reconsideration(&self) -> Option<ProcedureId> {
        match self {
            Self::Upheld { reconsideration, .. }
            | Self::Corrected { reconsideration, .. }
            | Self::Withdrawn { reconsideration, .. } => *reconsideration,
            _ => None,
        }
    }
}

impl Course<DisputeState> {
    /// Opens a dispute that the authority must answer by `due_on`.
    pub fn open(opening: DisputeOpening, due_on: Date) -> (Self, Vec<Notice>) {
        let (by, at) = (opening.by.into(), opening.opened_at);
        Self::begin(opening, DisputeState::Open { due_on }, by, at)
    }

    /// The authority says that the record stands.
    ///
    /// # Errors
    /// When it is answered or taken back already, or another authority's.
    pub fn uphold(self, by: AuthorityId, reasons: Words, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::Uphold, Actor::Authority(by), at, free, |_| {
            DisputeState::Upheld {
                reasons,
                statement: None,
                reconsideration: None,
            }
        })
    }

    /// The authority puts the record right, in this version.
    ///
    /// # Errors
    /// When it is answered or taken back already, another authority's, or the version is no later one.
    pub fn correct(self, by: AuthorityId, reasons: Words, version: i64, at: Timestamp) -> Outcome<Self> {
        self.go(
            StepName::Correct,
            Actor::Authority(by),
            at,
            |opening, _| later(opening, version),
            |_| DisputeState::Corrected {
                reasons,
                version,
                reconsideration: None,
            },
        )
    }

    /// The authority takes the record back, in this version.
    ///
    /// # Errors
    /// When it is answered or taken back already, another authority's, or the version is no later one.
    pub fn withdraw(self, by: AuthorityId, reasons: Words, version: i64, at: Timestamp) -> Outcome<Self> {
        self.go(
            StepName::Withdraw,
            Actor::Authority(by),
            at,
            |opening, _| later(opening, version),
            |_| DisputeState::Withdrawn {
                reasons,
                version,
                reconsideration: None,
            },
        )
    }

    /// The person takes the dispute back.
    ///
    /// # Errors
    /// When it is answered or taken back already.
    pub fn take_back(self, by: Speaker, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::TakeBack, by.into(), at, free, |_| {
            DisputeState::TakenBack {}
        })
    }

    /// The person adds a statement, which travels with the record from now on.
    ///
    /// # Errors
    /// When the record was not upheld, or a statement was added already.
    pub fn add_statement(self, by: Speaker, text: Words, at: Timestamp) -> Outcome<Self> {
        self.go(
            StepName::AddStatement,
            by.into(),
            at,
            |_, state| match state {
                DisputeState::Upheld {
                    statement: Some(_), ..
                } => Err(Why::StatementGiven),
                _ => Ok(()),
            },
            |mut state| {
                if let DisputeState::Upheld { statement, .. } = &mut state {
                    *statement = Some(Statement { text, added_at: at });
                }
                state
            },
        )
    }

    /// The person opens a reconsideration of the outcome, which is this other procedure.
    ///
    /// # Errors
    /// When the dispute was not answered, or a reconsideration was opened already.
    pub fn ask_reconsideration(self, by: Speaker, opened: ProcedureId, at: Timestamp) -> Outcome<Self> {
        self.go(
            StepName::AskReconsideration,
            by.into(),
            at,
            |_, state| match state.reconsideration() {
                Some(_) => Err(Why::ReconsiderationAsked),
                None => Ok(()),
            },
            |mut state| {
                if let DisputeState::Upheld { reconsideration, .. }
                | DisputeState::Corrected { reconsideration, .. }
                | DisputeState::Withdrawn { reconsideration, .. } = &mut state
                {
                    *reconsideration = Some(opened);
                }
                state
            },
        )
    }

    /// After which day the record is kept from everybody but the person and the authority, as things stand. That follows
    /// from the day alone, so that it holds also before the step is put down.
    pub fn withheld_after(&self) -> Option<Date> {
        match self.state() {
            DisputeState::Open { due_on } | DisputeState::Overdue { due_on } => Some(*due_on),
            _ => None,
        }
    }

    /// Whether the record is kept from everybody but the person and the authority on the day `today`.
    pub fn blocks_disclosure(&self, today: Date) -> bool {
        self.withheld_after().is_some_and(|day| day < today)
    }

    /// Whether the record shows as disputed.
    pub fn shows_as_disputed(&self) -> bool {
        matches!(
            self.state(),
            DisputeState::Open { .. } | DisputeState::Overdue { .. }
        )
    }

    /// The statement that travels with the record.
    pub fn statement(&self) -> Option<&Statement> {
        match self.state() {
            DisputeState::Upheld { statement, .. } => statement.as_ref(),
            _ => None,
        }
    }
}

fn later(opening: &DisputeOpening, version: i64) -> Result<(), Why> {
    if version > opening.version {
        Ok(())
    } else {
        Err(Why::VersionNotLater)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{
        DUE, LATE, at, bureau, hospital, last_actor, one_file, representative, steps, told, why, words,
    };
    use super::*;

    fn opened_by(by: Speaker) -> (Dispute, Vec<Notice>) {
        let opening = DisputeOpening {
            by,
            record: RecordId::from_bytes([1; 16]),
            version: 2,
            field: Some("penalty".to_owned()),
            authority: bureau(),
            text: words("that was not me"),
            files: one_file(),
            opened_at: at(0),
        };
        Dispute::open(opening, DUE)
    }

    fn opened() -> Dispute {
        opened_by(Speaker::Person).0
    }

    fn overdue() -> Dispute {
        opened().on_day(LATE, at(1)).0
    }

    fn upheld() -> Dispute {
        opened().uphold(bureau(), words("it was"), at(1)).unwrap().0
    }

    #[test]
    fn an_open_dispute_shows_at_once_and_everybody_concerned_is_told() {
        let (dispute, notices) = opened_by(representative());
        assert!(dispute.shows_as_disputed());
        assert!(!dispute.blocks_disclosure(DUE));
        assert_eq!(dispute.next_due(), Some(DUE));
        assert_eq!(dispute.waits_for(), Some(Party::Authority(bureau())));
        let Speaker::Representative(mandate) = representative() else {
            unreachable!()
        };
        let parties = [
            Party::Person,
            Party::Representative(mandate),
            Party::Authority(bureau()),
            Party::Recipients,
        ];
        assert_eq!(told(&notices, NoticeKind::DisputeOpened), parties);
        assert_eq!(
            last_actor(&dispute),
            Actor::Representative(mandate),
            "the history names both"
        );
    }

    #[test]
    fn on_its_last_day_an_answer_is_in_time_and_on_the_next_it_is_late() {
        let (dispute, notices) = opened().on_day(DUE, at(1));
        assert_eq!((dispute.status(), notices.len()), (Status::Open, 0));

        let (dispute, notices) = dispute.on_day(LATE, at(2));
        assert_eq!(dispute.status(), Status::Overdue);
        assert!(dispute.blocks_disclosure(LATE) && dispute.shows_as_disputed());
        assert_eq!(
            (dispute.next_due(), last_actor(&dispute)),
            (None, Actor::Installation)
        );
        let parties = [Party::Person, Party::Authority(bureau()), Party::Reviewers];
        assert_eq!(told(&notices, NoticeKind::DisputeOverdue), parties);

        let (again, notices) = dispute.clone().on_day(LATE, at(3));
        assert_eq!(
            (again, notices),
            (dispute, vec![]),
            "asked again, it does nothing more"
        );
    }

    #[test]
    fn silence_blocks_disclosure_also_before_anybody_put_it_down() {
        let dispute = opened();
        assert_eq!(dispute.status(), Status::Open);
        assert!(dispute.blocks_disclosure(LATE));
    }

    #[test]
    fn a_late_authority_can_answer_in_the_same_three_ways() {
        let answers = [
            overdue().uphold(bureau(), words("it was"), at(2)),
            overdue().correct(bureau(), words("a slip"), 3, at(2)),
            overdue().withdraw(bureau(), words("another person"), 3, at(2)),
        ];
        let expected = [Status::Upheld, Status::Corrected, Status::Withdrawn];
        for (answer, expected) in answers.into_iter().zip(expected) {
            let (dispute, notices) = answer.unwrap();
            assert_eq!(dispute.status(), expected);
            assert!(!dispute.blocks_disclosure(LATE) && !dispute.shows_as_disputed());
            assert!(notices.iter().any(|notice| notice.to == Party::Recipients));
            assert!(
                steps(&dispute).contains(&StepName::PassDueDay),
                "that it was late stays"
            );
        }
    }

    #[test]
    fn only_the_authority_that_filed_the_record_answers() {
        let dispute = opened();
        for other in [
            dispute.clone().uphold(hospital(), words("no"), at(1)),
            dispute.clone().correct(hospital(), words("no"), 3, at(1)),
            dispute.clone().withdraw(hospital(), words("no"), 3, at(1)),
        ] {
            assert_eq!(why(&dispute, other), Why::NotYours);
        }
    }

    #[test]
    fn an_answer_names_a_later_version() {
        let dispute = opened();
        for version in [1, 2] {
            let corrected = dispute.clone().correct(bureau(), words("a slip"), version, at(1));
            assert_eq!(why(&dispute, corrected), Why::VersionNotLater);
            let withdrawn = dispute
                .clone()
                .withdraw(bureau(), words("a slip"), version, at(1));
            assert_eq!(why(&dispute, withdrawn), Why::VersionNotLater);
        }
        let (dispute, _) = dispute.correct(bureau(), words("a slip"), 3, at(1)).unwrap();
        assert!(matches!(
            dispute.state(),
            DisputeState::Corrected { version: 3, .. }
        ));
        assert!(!dispute.is_ended() && dispute.waits_for().is_none());
    }

    #[test]
    fn the_person_takes_it_back_while_it_is_not_answered() {
        for dispute in [opened(), overdue()] {
            let (dispute, notices) = dispute.take_back(Speaker::Person, at(2)).unwrap();
            assert!(dispute.is_ended() && !dispute.shows_as_disputed() && !dispute.blocks_disclosure(LATE));
            assert_eq!(told(&notices, NoticeKind::DisputeTakenBack).len(), 3);
        }
        let dispute = upheld();
        let late = dispute.clone().take_back(Speaker::Person, at(2));
        assert_eq!(why(&dispute, late), Why::NotNow);
    }

    #[test]
    fn one_statement_travels_with_an_upheld_record() {
        let dispute = opened();
        let early = dispute.clone().add_statement(Speaker::Person, words("no"), at(2));
        assert_eq!(why(&dispute, early), Why::NotNow);

        let (dispute, notices) = upheld()
            .add_statement(Speaker::Person, words("I was away"), at(2))
            .unwrap();
        let expected = Statement {
            text: words("I was away"),
            added_at: at(2),
        };
        assert_eq!(dispute.statement(), Some(&expected));
        assert!(told(&notices, NoticeKind::StatementAdded).contains(&Party::Recipients));

        let again = dispute
            .clone()
            .add_statement(Speaker::Person, words("really"), at(3));
        assert_eq!(why(&dispute, again), Why::StatementGiven);
    }

    #[test]
    fn one_reconsideration_is_opened_and_keeps_the_statement() {
        let opened = ProcedureId::from_bytes([5; 16]);
        let (dispute, _) = upheld()
            .add_statement(Speaker::Person, words("I was away"), at(2))
            .unwrap();
        let (dispute, notices) = dispute
            .ask_reconsideration(representative(), opened, at(3))
            .unwrap();
        assert_eq!(notices, [], "the reconsideration itself tells that it was opened");
        assert!(dispute.statement().is_some());
        assert!(
            matches!(dispute.state(), DisputeState::Upheld { reconsideration: Some(id), .. } if *id == opened)
        );
        assert!(!dispute.is_ended() && dispute.waits_for().is_none());

        let again = dispute
            .clone()
            .ask_reconsideration(Speaker::Person, opened, at(4));
        assert_eq!(why(&dispute, again), Why::ReconsiderationAsked);
    }

    #[test]
    fn nothing_that_the_parties_wrote_shows_in_the_debug_form() {
        let (dispute, _) = upheld()
            .add_statement(Speaker::Person, words("I was away"), at(2))
            .unwrap();
        let debug = format!("{dispute:?}");
        for text in ["that was not me", "it was\"", "I was away"] {
            assert!(!debug.contains(text), "{debug}");
        }
    }
}
