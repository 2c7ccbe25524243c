//! An association proposes that an authority commends somebody. Only about somebody who is known in that profession;
//! the person is told at once, and reads what it is: a proposal.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::{PersonId, ProposalId, RecordKind};
use profile::{FieldKind, Profile};
use serde_json::Value;
use storage::{Access, Param, Tx};

use super::{
    Happened, ProposalError, practises,
    proposal::{self, Stored},
    put_down,
};
use crate::{
    EventKind, Fields, ForBody, NoticeKind, Registry, RegistryError, day, event::By, look, person,
    procedure::tell_person,
};

/// What proposals are counted under, beside looks under the purposes of the profile. No purpose has a colon.
const COUNTED: &str = ":commendation-proposal";

/// What an association proposes.
#[derive(Clone)]
pub struct Propose {
    /// The association.
    pub association: String,
    /// The member of its staff who proposes, by the id of their account, where that is known. The person sees who.
    pub staff: Option<String>,
    /// The authority that it is proposed to.
    pub authority: String,
    /// The profession.
    pub profession: String,
    /// The person's identity number.
    pub id_number: String,
    /// The person's name.
    pub name: String,
    /// What for: the texts of a commendation, by the names of its fields.
    pub words: BTreeMap<String, String>,
    /// The key, the nonce and when it may be forgotten, of a signed request.
    pub nonce: Option<(String, String, i64)>,
}

/// The fields of a commendation that an association words: its texts. The others are for the authority.
pub(crate) fn worded(profile: &Profile) -> impl Iterator<Item = (&profile::Field, usize)> {
    let record_type = profile.record_type(RecordKind::Commendation);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    fields.filter_map(|field| match field.kind {
        FieldKind::Text { max_chars } => Some((field, max_chars)),
        _ => None,
    })
}

/// The words as they are kept, if they are those of a commendation.
fn check_words(profile: &Profile, words: &BTreeMap<String, String>) -> Result<Vec<u8>, ProposalError> {
    let wrong = |field: &str| ProposalError::Words {
        // A name of a field is short; what is not, is none and is not repeated.
        field: if field.len() <= 64 { field } else { "words" }.to_owned(),
    };
    let mut checked = Fields::new();
    for (field, most) in worded(profile) {
        let text = words.get(&field.name).map_or("", |text| text.trim());
        let text = text.replace("\r\n", "\n");
        let odd = |c: char| c.is_control() && c != '\n';
        if text.chars().count() > most || text.contains(odd) || (field.required && text.is_empty()) {
            return Err(wrong(&field.name));
        }
        if !text.is_empty() {
            checked.insert(field.name.clone(), Value::String(text));
        }
    }
    let known = |name: &String| worded(profile).any(|(field, _)| field.name == *name);
    if let Some(other) = words.keys().find(|name| !known(name)) {
        return Err(wrong(other));
    }
    serde_json::to_vec(&checked).map_err(|_| RegistryError::Stored("a proposal").into())
}

impl Registry {
    /// Proposes to an authority that somebody is commended. Whom it is about is told, and reads all of it.
    ///
    /// # Errors
    /// [`ProposalError`]. A number that is none, one that nobody has, another name and a person without a licence in
    /// the profession are answered alike.
    pub async fn propose_commendation(&self, propose: Propose) -> Result<ProposalId, ProposalError> {
        let profile = &self.profile;
        if !profile.may_propose(&propose.association, &propose.authority, &propose.profession) {
            return Err(ProposalError::NotYours);
        }
        let words = check_words(profile, &propose.words)?;
        let answer_by = self.words_kept_until()?;
        let number = profile.identity.check(&propose.id_number).ok();
        let person = number.map(|number| self.keys.person(&number.canonical));
        let this = self.clone();
        // What is refused within is counted and put down all the same.
        self.store
            .run_async("proposal.make", Access::Write, move |tx| {
                this.write_proposal(tx, &propose, person, &words, answer_by)
            })
            .await?
    }

    /// A refusal within is told from a failure, which undoes what was counted.
    fn write_proposal(
        &self,
        tx: &mut dyn Tx,
        propose: &Propose,
        person: Option<PersonId>,
        words: &[u8],
        answer_by: Date,
    ) -> Result<Result<ProposalId, ProposalError>, ProposalError> {
        if let Some((key, nonce, expires_at)) = &propose.nonce
            && !look::remember_nonce(tx, key, nonce, *expires_at)?
        {
            return Err(ProposalError::Replayed);
        }
        let association = propose.association.as_str();
        let for_body = match &propose.staff {
            Some(staff) => ForBody::staff(association, staff),
            None => ForBody::unnamed(association),
        };
        let by = for_body.by(tx)?.ok_or(ProposalError::NotAtWork)?;
        let today = self.today();
        let ceiling = self.profile.associations.get(&propose.association);
        let ceiling = ceiling.map_or(0, |one| i64::from(one.proposals.on(today).per_day));
        if count(tx, &propose.association, today)? > ceiling {
            return Ok(Err(ProposalError::CeilingReached));
        }
        let Some(person) = person else {
            return Ok(Err(ProposalError::NobodyKnown));
        };
        let name = self.keys.name(person, &intake::normalise_name(&propose.name));
        let known = person::find_one(tx, &self.keys, person)?.filter(|known| known.name_mac == name);
        let known = match known {
            Some(known) if practises(tx, person, &propose.profession)? => known,
            _ => {
                self.found_nobody(tx, person, association, by)?;
                return Ok(Err(ProposalError::NobodyKnown));
            }
        };
        let same = |one: &Stored| {
            one.waits(today)
                && (&one.association, &one.authority, &one.profession)
                    == (&propose.association, &propose.authority, &propose.profession)
        };
        if proposal::of_person(tx, person)?.iter().any(same) {
            return Ok(Err(ProposalError::Waits));
        }
        let at = self.clock.now();
        let id = ProposalId::new(at, &*self.randomness).map_err(RegistryError::from)?;
        let bodies = (
            propose.association.as_str(),
            propose.authority.as_str(),
            propose.profession.as_str(),
        );
        let days = (at, answer_by);
        Stored::new((person, &known.key), id, bodies, words, days, &*self.randomness)?.insert(tx)?;
        let happened = Happened {
            person,
            kind: EventKind::CommendationProposed,
            actor: &propose.association,
            purpose: "",
            subject: Some(*id.as_bytes()),
            by,
        };
        put_down(tx, self, happened)?;
        let told = (person, NoticeKind::CommendationProposed, *id.as_bytes());
        tell_person(tx, &*self.randomness, at, told)?;
        Ok(Ok(id))
    }

    /// Puts down that somebody was sought and not found, so that whoever has the number sees it.
    fn found_nobody(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        association: &str,
        by: By,
    ) -> Result<(), RegistryError> {
        let happened = Happened {
            person,
            kind: EventKind::LookFoundNothing,
            actor: association,
            purpose: "",
            subject: None,
            by,
        };
        put_down(tx, self, happened).map(|_| ())
    }
}

/// Counts a proposal of an association, and answers which of the day it is.
fn count(tx: &mut dyn Tx, association: &str, today: Date) -> Result<i64, RegistryError> {
    let rows = tx.query(
        "INSERT INTO inquiry_count (asker, purpose, day, looks) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (asker, purpose, day) DO UPDATE SET looks = inquiry_count.looks + 1 RETURNING looks",
        &[
            Param::Text(association),
            Param::Text(COUNTED),
            Param::Int(day::to_number(today)),
        ],
    )?;
    Ok(rows.into_iter().next().map_or(Ok(1), |mut row| row.int())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[(&str, &str)]) -> Result<Vec<u8>, ProposalError> {
        let profile = testkit::gansu();
        let words = words
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        check_words(&profile, &words)
    }

    #[test]
    fn the_words_are_the_texts_of_a_commendation_and_nothing_else() {
        let checked = of(&[("title", " 法律援助先进个人 "), ("reason", "")]).unwrap();
        assert_eq!(checked, r#"{"title":"法律援助先进个人"}"#.as_bytes());
        let long = "长".repeat(301);
        let wrong = [
            (vec![("reason", "x")], "title"),
            (vec![("title", "\u{3000} ")], "title"),
            (vec![("title", long.as_str())], "title"),
            (vec![("title", "a\u{7}")], "title"),
            (vec![("title", "a"), ("document_number", "1")], "document_number"),
            (vec![("title", "a"), ("score", "1")], "score"),
        ];
        for (words, at) in wrong {
            match of(&words) {
                Err(ProposalError::Words { field }) => assert_eq!(field, at),
                other => panic!("{at}: {other:?}"),
            }
        }
    }
}
