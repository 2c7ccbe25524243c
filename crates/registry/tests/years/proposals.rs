//! Proposals of an association that somebody is commended: taken up, declined, or lapsed by their day.

use std::collections::{BTreeMap, BTreeSet};

use model::{ProposalId, RecordKind};
use registry::{ProposalError, ProposalView, Propose, TakeUp};
use storage::{Access, StoreError};
use testkit::{made_up, wait};

use crate::{
    calendar::after_days,
    changing_values::PROPOSAL_DAYS,
    filing::text,
    model::{Proposal, Said, Who},
    run::{LAW, Run},
};

const ASSOCIATION: &str = "lawyers-association";
/// A list holds no more.
const MOST: usize = 500;

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    pairs.iter().map(owned).collect()
}

impl Run {
    pub(crate) fn propose(&mut self) {
        let (who, today, number) = (self.somebody(), self.today(), self.next_text());
        let (person, misnamed) = (made_up(who), self.one_in(12));
        let propose = Propose {
            association: ASSOCIATION.to_owned(),
            staff: None,
            authority: LAW.to_owned(),
            profession: "lawyer".to_owned(),
            id_number: person.number,
            name: if misnamed {
                "虚无名".to_owned()
            } else {
                person.name
            },
            words: texts(&[("title", "虚构表彰"), ("reason", &text(number))]),
            nonce: None,
        };
        let outcome = self.call(|registry| wait(registry.propose_commendation(propose.clone())));
        self.touched.insert(who);
        let one = self.of(who);
        let found = one.known && !misnamed && !one.licences("lawyer").is_empty();
        let waits = one.proposals.iter().any(|one| one.waits(today));
        let id = match outcome {
            Err(ProposalError::NobodyKnown) => {
                assert!(!found, "{who} was not found");
                // Whose number it is sees that somebody asked for it.
                return self.m.event(who, "look-found-nothing", ASSOCIATION, "");
            }
            Err(ProposalError::Waits) => return assert!(found && waits, "{who}"),
            other => other.unwrap(),
        };
        assert!(found && !waits, "{who}");
        self.m.of(who).proposals.push(Proposal {
            id,
            text: number,
            standing: "waits",
            kept_until: Some(PROPOSAL_DAYS.due(today)),
            record: None,
            wordless: false,
        });
        self.m.event(who, "commendation-proposed", ASSOCIATION, "");
        self.m.notice(who, "commendation-proposed", &id.to_string());
        self.did("proposals");
    }

    /// The authority opens a proposal, takes it up or declines it; now and then one that is over.
    pub(crate) fn answer_proposal(&mut self) {
        let (today, any) = (self.today(), self.one_in(6));
        let wanted = |one: &Proposal| any || one.standing(today) == "waits";
        let Some(who) = self.who_has(|person| person.proposals.iter().any(wanted)) else {
            return;
        };
        self.bind(who);
        let at = self.of(who).proposals.iter().position(wanted).unwrap();
        let id = self.of(who).proposals[at].id;
        let answered = match self.draw(5) {
            0 => self.open_proposal(who, at),
            1 | 2 => {
                let declined = self.call(|registry| wait(registry.decline_proposal(LAW, id)));
                declined.map(|()| self.declined(who, at))
            }
            _ => self.take_up(who, at),
        };
        let one = &self.of(who).proposals[at];
        if let Err(error) = answered {
            let waited = one.waits(today);
            assert_eq!((error.code(), waited), ("proposal-answered", false), "{who}");
        }
    }

    fn open_proposal(&mut self, who: Who, at: usize) -> Result<(), ProposalError> {
        let id = self.of(who).proposals[at].id;
        let opened = self.call(|registry| wait(registry.open_proposal(LAW, id)))?;
        assert_eq!(opened.name, made_up(who).name);
        assert_eq!(opened.words["reason"], text(self.of(who).proposals[at].text));
        self.m.event(who, "proposal-seen", LAW, "");
        self.did("proposals opened");
        Ok(())
    }

    fn declined(&mut self, who: Who, at: usize) {
        let kept_until = Some(PROPOSAL_DAYS.due(self.today()));
        let one = &mut self.m.of(who).proposals[at];
        (one.standing, one.kept_until) = ("declined", kept_until);
        let id = one.id.to_string();
        self.m.event(who, "proposal-declined", LAW, "");
        self.m.notice(who, "proposal-declined", &id);
        self.did("proposals declined");
    }

    fn take_up(&mut self, who: Who, at: usize) -> Result<(), ProposalError> {
        let Proposal { id, text, .. } = self.of(who).proposals[at];
        let (record, said) = self.something(RecordKind::Commendation);
        let said = Said { text, ..said };
        let take_up = |granted_on: jiff::civil::Date| TakeUp {
            proposal: id,
            fields: texts(&[
                ("document_number", &record.document),
                ("granted_on", &granted_on.to_string()),
                ("legal_basis", "lawyer-commendation"),
            ]),
        };
        if self.one_in(4) {
            // What does not pass the checks of a filed row files nothing, and the proposal waits on.
            let tomorrow = take_up(after_days(self.today(), 1));
            let refused = self.call(|registry| wait(registry.take_up_proposal(LAW, tomorrow.clone())));
            let code = refused.unwrap_err().code();
            assert!(
                matches!(code, "date-future" | "proposal-answered"),
                "{who}: {code}"
            );
        }
        let fields = take_up(said.from);
        self.call(|registry| wait(registry.take_up_proposal(LAW, fields.clone())))?;
        self.filed(who, record, said);
        let record = self.of(who).records.len() - 1;
        let commendation = self.record_id(who, record).to_string();
        let one = &mut self.m.of(who).proposals[at];
        (one.standing, one.kept_until, one.record) = ("taken-up", None, Some(record));
        self.m.event(who, "proposal-taken-up", LAW, "");
        self.m.notice(who, "proposal-taken-up", &commendation);
        self.did("proposals taken up");
        Ok(())
    }

    /// Proposals whose day is over: those that nobody answered have lapsed, and none has words any more.
    pub(crate) fn end_proposals(&mut self, who: Who) {
        let today = self.today();
        for at in 0..self.of(who).proposals.len() {
            let one = &mut self.m.of(who).proposals[at];
            if !one.is_over(today) {
                continue;
            }
            (one.kept_until, one.wordless) = (None, true);
            self.touched.insert(who);
            let one = &mut self.m.of(who).proposals[at];
            if one.standing == "waits" {
                one.standing = "lapsed";
                let id = one.id.to_string();
                self.m.event(who, "proposal-lapsed", "installation", "");
                self.m.notice(who, "proposal-lapsed", &id);
                self.did("proposals lapsed");
            }
        }
    }

    /// What somebody reads of the proposals about them.
    pub(crate) fn check_own_proposals(&self, who: Who, seen: &[ProposalView]) {
        let (today, person) = (self.today(), self.of(who));
        assert_eq!(seen.len(), person.proposals.len(), "proposals about {who}");
        for view in seen {
            let one = person
                .proposals
                .iter()
                .find(|one| one.id == view.proposal)
                .unwrap();
            let name = format!("a proposal about {who}");
            assert_eq!(
                (view.association.as_str(), view.authority.as_str()),
                (ASSOCIATION, LAW)
            );
            assert_eq!(view.standing.as_str(), one.standing(today), "{name}");
            assert_eq!(view.kept_until, one.kept_until, "{name}: its day");
            let record = one.record.map(|record| self.record_id(who, record));
            assert_eq!(view.record, record, "{name}: its commendation");
            let words = (!one.wordless && !one.is_over(today)).then(|| text(one.text));
            let found = view.words.as_ref().map(|words| words["reason"].as_str().unwrap());
            assert_eq!(found, words.as_deref(), "{name}: its words");
        }
    }

    /// What stands on the authority's desk and in the association's list.
    pub(crate) fn check_proposals(&self) {
        let today = self.today();
        let all = self.m.people.iter().flat_map(|person| &person.proposals);
        let expected: BTreeMap<ProposalId, &str> = all.map(|one| (one.id, one.standing(today))).collect();
        let desk = wait(self.registry().proposals_for(LAW)).unwrap();
        let found: BTreeSet<ProposalId> = desk.iter().map(|one| one.proposal).collect();
        let all = self.m.people.iter().flat_map(|person| &person.proposals);
        let waiting = all.filter(|one| one.waits(today)).map(|one| one.id);
        assert_eq!(found, waiting.collect(), "proposals on the desk");
        let own = wait(self.registry().proposals_of(ASSOCIATION)).unwrap();
        assert_eq!(
            own.len(),
            expected.len().min(MOST),
            "proposals in the association's list"
        );
        for one in own {
            assert_eq!(
                one.standing.as_str(),
                expected[&one.proposal],
                "a proposal in the association's list"
            );
        }
    }

    /// Words are stored as long as they may be, and no longer.
    pub(crate) fn check_words(&self) {
        let store = &self.here().store.store;
        let stored = store.run("test.words", Access::Read, |tx| {
            let sql = "SELECT proposal FROM commendation_proposal WHERE wrapped_key IS NOT NULL OR sealed_words IS NOT NULL";
            let rows = tx.query(sql, &[])?;
            rows.into_iter().map(|mut row| row.array()).collect::<Result<BTreeSet<[u8; 16]>, StoreError>>()
        });
        let all = self.m.people.iter().flat_map(|person| &person.proposals);
        let worded = all.filter(|one| !one.wordless).map(|one| *one.id.as_bytes());
        assert_eq!(
            stored.unwrap(),
            worded.collect(),
            "proposals whose words are stored"
        );
    }
}
