//! Pseudonyms: keyed hashes (HMAC-SHA-256, RFC 2104) under which people, documents and licences are found
//! without their numbers being kept. All are cut to 16 bytes, which leaves collisions out of reach.

use base64::Engine as _;
use model::{PersonId, ProcedureId, RecordId, RecordKind};
use ring::hmac;

use crate::Keyring;

/// A document's pseudonym: one authority's document of one kind.
pub type DocumentKey = [u8; 16];
/// A keyed hash to compare by.
pub type Mac = [u8; 16];

/// Each part is preceded by its length, so that no two lists of parts read alike.
fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut cut = [0; 16];
    cut.copy_from_slice(&context.sign().as_ref()[..16]);
    cut
}

impl Keyring {
    /// The person with this canonical identity number.
    pub fn person(&self, identity_number: &str) -> PersonId {
        PersonId::from_bytes(mac(&self.person, &[identity_number.as_bytes()]))
    }

    /// The document of this kind and authority with this identity (a document number, or the fields that
    /// stand for one).
    pub fn document(&self, kind: RecordKind, authority: &str, identity: &str) -> DocumentKey {
        mac(
            &self.document,
            &[
                kind.as_str().as_bytes(),
                authority.as_bytes(),
                identity.as_bytes(),
            ],
        )
    }

    /// The content of a document, to tell the same content from another.
    pub fn content(&self, document: &DocumentKey, content: &[u8]) -> Mac {
        mac(&self.content, &[document, content])
    }

    /// A person's name, to tell a number with two names.
    pub fn name(&self, person: PersonId, name: &str) -> Mac {
        mac(&self.name, &[person.as_bytes(), name.as_bytes()])
    }

    /// A person's licence in a profession.
    pub fn licence(&self, person: PersonId, profession: &str, number: &str) -> Mac {
        mac(
            &self.licence,
            &[person.as_bytes(), profession.as_bytes(), number.as_bytes()],
        )
    }

    /// A line of the erasures that are written apart, chained to the one before it.
    pub fn erasure_line(&self, before: &Mac, line: &str) -> Mac {
        mac(&self.apart, &[before, line.as_bytes()])
    }

    /// The identifier under which one authority knows a person: 22 characters that no other authority
    /// has, so that two authorities cannot join their tables.
    pub fn person_for_authority(&self, person: PersonId, authority: &str) -> String {
        let id = mac(&self.authority, &[authority.as_bytes(), person.as_bytes()]);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
    }

    /// The identifier under which a body that was given a record knows it. No other body has it, so that two of them
    /// cannot tell by it that they were given the same. Whoever filed the record knows it by its own.
    pub fn record_for_body(&self, record: RecordId, body: &str) -> RecordId {
        RecordId::from_bytes(mac(&self.record, &[body.as_bytes(), record.as_bytes()]))
    }

    /// The identifier under which a body that is told of a procedure, because it was given the record, knows it. No other
    /// body has it. Whoever takes part in the procedure knows it by its own.
    pub fn procedure_for_body(&self, procedure: ProcedureId, body: &str) -> ProcedureId {
        ProcedureId::from_bytes(mac(&self.procedure, &[body.as_bytes(), procedure.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bodies_are_told_of_a_procedure_under_one_identifier_and_each_keeps_its_own() {
        let keys = Keyring::new(&[1; 32]);
        let mut all = std::collections::HashSet::new();
        for n in 0..200u8 {
            let procedure = ProcedureId::from_bytes([n; 16]);
            assert!(all.insert(procedure));
            for body in ["a", "b", "ab", "law-bureau", ""] {
                let known = keys.procedure_for_body(procedure, body);
                assert!(all.insert(known), "{n} {body}");
                assert_eq!(known, Keyring::new(&[1; 32]).procedure_for_body(procedure, body));
                assert_ne!(known, Keyring::new(&[2; 32]).procedure_for_body(procedure, body));
                // Nor is it what the body knows a record of the same bytes by.
                let record = keys.record_for_body(RecordId::from_bytes([n; 16]), body);
                assert_ne!(known.as_bytes(), record.as_bytes());
            }
        }
    }

    #[test]
    fn no_two_bodies_know_a_record_by_one_identifier_and_each_keeps_its_own() {
        let keys = Keyring::new(&[1; 32]);
        let mut all = std::collections::HashSet::new();
        for n in 0..200u8 {
            let record = RecordId::from_bytes([n; 16]);
            assert!(all.insert(record));
            for body in ["a", "b", "ab", "law-bureau", ""] {
                let known = keys.record_for_body(record, body);
                assert!(all.insert(known), "{n} {body}");
                // The same key answers the same, as after a restart or out of a copy.
                assert_eq!(known, Keyring::new(&[1; 32]).record_for_body(record, body));
                assert_ne!(known, Keyring::new(&[2; 32]).record_for_body(record, body));
            }
        }
    }

    #[test]
    fn two_authorities_know_one_person_under_two_identifiers() {
        let keys = Keyring::new(&[1; 32]);
        let person = keys.person("990000199001010010");
        assert_eq!(person, keys.person("990000199001010010"));
        assert_ne!(person, keys.person("990000199001010011"));
        assert_ne!(
            keys.person_for_authority(person, "a"),
            keys.person_for_authority(person, "b")
        );
        assert_ne!(person, Keyring::new(&[2; 32]).person("990000199001010010"));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let keys = Keyring::new(&[1; 32]);
        let one = keys.document(RecordKind::Licence, "ab", "c");
        let two = keys.document(RecordKind::Licence, "a", "bc");
        assert_ne!(one, two);
    }
}
