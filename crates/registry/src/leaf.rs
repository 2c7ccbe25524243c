//! What a leaf of the log commits to.
//!
//! A statement is one line of JSON that says what happened, under pseudonyms. The leaf's entry is the
//! SHA-256 of a label, a salt and the statement: whoever has salt and statement can check the leaf, and
//! nobody can guess the statement from the leaf. The salt is kept with what it speaks of, under the same
//! key where there is one, so that erasing the record leaves nothing to guess.

use std::fmt;

use jiff::Timestamp;
use model::{PersonId, Randomness, RandomnessError, RecordId, RecordKind, VersionKind};
use ring::digest;

/// A leaf's entry in the log: a salted commitment.
pub type Entry = [u8; 32];
/// The salt of a commitment.
pub type Salt = [u8; 16];

const LABEL: &[u8] = b"standing leaf v1\n";

/// The entry that commits to `statement` under `salt`.
pub fn entry(salt: &Salt, statement: &str) -> Entry {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(LABEL);
    context.update(salt);
    context.update(statement.as_bytes());
    let mut entry = [0; 32];
    entry.copy_from_slice(context.finish().as_ref());
    entry
}

/// A new salt.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn salt(randomness: &dyn Randomness) -> Result<Salt, RandomnessError> {
    let mut salt = [0; 16];
    randomness.fill(&mut salt)?;
    Ok(salt)
}

/// The statement of one version of a record.
pub(crate) struct VersionStatement<'a> {
    pub(crate) person: PersonId,
    pub(crate) record: RecordId,
    pub(crate) version: i64,
    pub(crate) change: VersionKind,
    pub(crate) kind: RecordKind,
    pub(crate) authority: &'a str,
    pub(crate) basis: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) content: &'a [u8],
}

impl VersionStatement<'_> {
    pub(crate) fn text(&self) -> String {
        let content = Hex(digest::digest(&digest::SHA256, self.content));
        // Authorities and bases are ids of the profile: letters, digits and hyphens, nothing to escape.
        format!(
            r#"{{"what":"{}","record":"{}","version":{},"kind":"{}","person":"{}","authority":"{}","basis":"{}","at":{},"content_sha256":"{content}"}}"#,
            self.change,
            self.record,
            self.version,
            self.kind,
            self.person,
            self.authority,
            self.basis,
            self.at.as_second(),
        )
    }
}

/// A hash, shown in hexadecimal.
struct Hex(digest::Digest);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0.as_ref(), &mut digits).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

/// The statement of an event about a person that is not a filing.
pub(crate) fn event_statement(event: &crate::event::Event) -> String {
    serde_json::json!({
        "what": event.kind.as_str(),
        "event": event.id.to_string(),
        "person": event.person.to_string(),
        "actor": event.actor,
        "purpose": event.purpose,
        "subject": event.subject.map(hex::encode),
        "at": event.at.as_second(),
    })
    .to_string()
}

/// The same with who did it, more closely. Nothing more is said where nothing more is known.
pub(crate) fn event_statement_by(event: &crate::event::Event, by: &crate::event::By) -> String {
    let mut statement = event_statement(event);
    let mut also = serde_json::Map::new();
    if let Some(staff) = &by.staff {
        also.insert("staff".into(), staff.clone().into());
    }
    if let Some((mandate, representative)) = by.mandate {
        also.insert("mandate".into(), mandate.to_string().into());
        also.insert("representative".into(), representative.to_string().into());
    }
    if !also.is_empty() {
        // Both are JSON objects with members: the one goes on where the other ended.
        statement.pop();
        statement.push(',');
        statement.push_str(&serde_json::Value::Object(also).to_string()[1..]);
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salt_and_statement_both_decide_the_entry() {
        let one = entry(&[1; 16], "a");
        assert_eq!(one, entry(&[1; 16], "a"));
        assert_ne!(one, entry(&[2; 16], "a"));
        assert_ne!(one, entry(&[1; 16], "b"));
    }

    #[test]
    fn a_version_statement_is_one_line_of_json() {
        let statement = VersionStatement {
            person: PersonId::from_bytes([1; 16]),
            record: RecordId::from_bytes([2; 16]),
            version: 1,
            change: VersionKind::Filed,
            kind: RecordKind::Licence,
            authority: "law-bureau",
            basis: "lawyer-licensing",
            at: Timestamp::UNIX_EPOCH,
            content: b"{}",
        };
        let text = statement.text();
        assert!(!text.contains('\n'));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["what"], "filed");
        assert_eq!(json["content_sha256"].as_str().map(str::len), Some(64));
    }
}
