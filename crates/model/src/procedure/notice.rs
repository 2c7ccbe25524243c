//! Notices: who is told what when a step is done. The words for people are made elsewhere, from kind and party.

use super::Party;

named! {
    /// What a notice says. One kind says to each party what it means for them.
    NoticeKind {
        /// A dispute was opened, and the record shows as disputed.
        DisputeOpened = "dispute-opened",
        /// The authority says that the record stands.
        DisputeUpheld = "dispute-upheld",
        /// The authority put the record right.
        DisputeCorrected = "dispute-corrected",
        /// The authority took the record back.
        DisputeWithdrawn = "dispute-withdrawn",
        /// The authority did not answer in time, and the record is not disclosed until it does.
        DisputeOverdue = "dispute-overdue",
        /// The person took the dispute back.
        DisputeTakenBack = "dispute-taken-back",
        /// The person's statement travels with the record.
        StatementAdded = "statement-added",
        /// A reconsideration was opened.
        ReconsiderationOpened = "reconsideration-opened",
        /// A reviewer who had no part in it takes it.
        ReconsiderationAssigned = "reconsideration-assigned",
        /// The reviewers did not answer in time.
        ReconsiderationOverdue = "reconsideration-overdue",
        /// The outcome stands.
        ReconsiderationConfirmed = "reconsideration-confirmed",
        /// The outcome is changed, and the change is to be carried out.
        ReconsiderationChanged = "reconsideration-changed",
        /// The change was not carried out in time.
        ChangeOverdue = "change-overdue",
        /// The change was carried out.
        ChangeFollowed = "change-followed",
        /// A court or another body outside decided, and its decision is to be followed.
        OutsideDecisionRecorded = "outside-decision-recorded",
        /// The decision from outside was not followed in time.
        OutsideDecisionOverdue = "outside-decision-overdue",
        /// The decision from outside was followed.
        OutsideDecisionFollowed = "outside-decision-followed",
        /// A court or another body outside decided that all stays as it is, and nothing that was ordered before holds.
        OutsideStandRecorded = "outside-stand-recorded",
        /// A decision from outside that was followed was put down wrongly, and is put down anew. Where something else is to
        /// be done, it is to be followed.
        OutsideDecisionAmended = "outside-decision-amended",
        /// A restoration was applied for.
        RestorationApplied = "restoration-applied",
        /// The authority takes the application.
        RestorationTaken = "restoration-taken",
        /// The authority does not take the application.
        RestorationNotTaken = "restoration-not-taken",
        /// The authority did not say in time whether it takes the application, which counts as taken.
        RestorationAcceptanceOverdue = "restoration-acceptance-overdue",
        /// The restoration is granted.
        RestorationGranted = "restoration-granted",
        /// The restoration is refused.
        RestorationRefused = "restoration-refused",
        /// The authority did not answer in time.
        RestorationAnswerOverdue = "restoration-answer-overdue",
        /// A body that was given the record must stop using it, and confirm that it did.
        StopUsing = "stop-using",
        /// The same once more, to a body that has not confirmed in time.
        StopUsingAgain = "stop-using-again",
        /// Some bodies did not confirm in time that they stopped using the record.
        ConfirmationOverdue = "confirmation-overdue",
        /// A body confirmed that it stopped using the record.
        UseStopped = "use-stopped",
        /// One more body had been given the record, by a look whose notice waited until now.
        RecipientShown = "recipient-shown",
        /// Every body confirmed.
        RestorationComplete = "restoration-complete",
        /// A complaint was opened.
        ComplaintOpened = "complaint-opened",
        /// A reviewer takes the complaint.
        ComplaintAssigned = "complaint-assigned",
        /// The reviewers did not answer in time.
        ComplaintOverdue = "complaint-overdue",
        /// The complaint is founded, and measures are taken.
        ComplaintFounded = "complaint-founded",
        /// The complaint is not founded.
        ComplaintUnfounded = "complaint-unfounded",
        /// The person took the complaint back.
        ComplaintTakenBack = "complaint-taken-back",
        /// The record reached the end of its retention and was erased; what was under way about it ended with that.
        RecordErased = "record-erased",
    }
}

/// One notice to be put down in the transaction that does the step.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// To whom.
    pub to: Party,
    /// What it says.
    pub kind: NoticeKind,
}

impl Notice {
    /// The same notice to each of these parties.
    pub(super) fn to_each(parties: impl IntoIterator<Item = Party>, kind: NoticeKind) -> Vec<Self> {
        parties.into_iter().map(|to| Self { to, kind }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_word_wherever_it_stands() {
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
    }

    #[test]
    fn each_party_gets_the_notice() {
        let notices = Notice::to_each([Party::Person, Party::Reviewers], NoticeKind::ComplaintOpened);
        let to: Vec<_> = notices.iter().map(|notice| notice.to.clone()).collect();
        assert_eq!(to, [Party::Person, Party::Reviewers]);
        assert!(
            notices
                .iter()
                .all(|notice| notice.kind == NoticeKind::ComplaintOpened)
        );
    }
}
