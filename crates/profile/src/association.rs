//! Associations: bodies that are no authorities and may propose that an authority commends somebody.

use std::collections::BTreeSet;

use model::RecordKind;

use crate::{ByDay, Ground, Profile, Text2};

/// An association. It files nothing and sees nothing: what it proposes is a record only once an authority takes it
/// up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text2,
    /// The professions in which it may propose commendations; there is at least one.
    pub professions: BTreeSet<String>,
    /// How much it may propose.
    pub proposals: ByDay<Proposals>,
}

/// How much an association may propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposals {
    /// The most commendations in a day, those about nobody known among them.
    pub per_day: u32,
    /// Where it comes from that it may.
    pub ground: Ground,
}

impl Profile {
    /// Whether this association may propose to this authority that somebody is commended in this profession: it
    /// names the profession, and the authority licenses that and files commendations.
    pub fn may_propose(&self, association: &str, authority: &str, profession: &str) -> bool {
        let proposing = self.associations.get(association);
        proposing.is_some_and(|one| one.professions.contains(profession))
            && self.commends(authority, profession)
    }

    /// Whether this authority licenses this profession and files commendations.
    fn commends(&self, authority: &str, profession: &str) -> bool {
        let body = self.authorities.get(authority);
        body.is_some_and(|body| {
            body.professions.contains(profession) && body.record_kinds.contains(&RecordKind::Commendation)
        })
    }

    /// The authorities to which somebody may be proposed in this profession.
    pub fn commending(&self, profession: &str) -> impl Iterator<Item = &str> {
        let ids = self.authorities.keys().map(String::as_str);
        ids.filter(move |authority| self.commends(authority, profession))
    }
}
