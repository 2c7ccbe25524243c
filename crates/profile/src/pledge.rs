//! Pledges that a person may make of their own accord. Nobody has to, and not having made one says nothing.

use std::collections::BTreeSet;

use crate::Text2;

/// A voluntary pledge. It shows on a certificate when the holder wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// Its id.
    pub id: String,
    /// What the person promises.
    pub text: Text2,
    /// The professions in which it can be made. None: all.
    pub professions: Option<BTreeSet<String>>,
}

impl Pledge {
    /// Whether it can be made in this profession.
    pub fn is_for(&self, profession: &str) -> bool {
        self.professions
            .as_ref()
            .is_none_or(|professions| professions.contains(profession))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pledge_is_for_all_professions_or_for_those_it_names() {
        let mut pledge = Pledge {
            id: "fair-fees".to_owned(),
            text: Text2 {
                zh: "公开收费。".to_owned(),
                en: "I publish my fees.".to_owned(),
            },
            professions: None,
        };
        assert!(pledge.is_for("lawyer") && pledge.is_for("doctor"));
        pledge.professions = Some(["lawyer".to_owned()].into());
        assert!(pledge.is_for("lawyer") && !pledge.is_for("doctor"));
    }
}
