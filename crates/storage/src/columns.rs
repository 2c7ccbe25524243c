//! Every column of the schema is classed here: what would somebody with the bare table learn of a person?
//! A test of every adapter holds this list to the real tables, so that no column can be forgotten.

/// What a column gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing about a person.
    Public,
    /// A pseudonym or a keyed hash: says nothing without the installation's keys.
    Pseudonym,
    /// A fact about a pseudonym: a kind, an authority, a time.
    Fact,
    /// Personal, and therefore ciphertext, or a key under a key.
    Sealed,
}

/// The class of each column, as (table, column, class).
pub const COLUMNS: &[(&str, &str, Class)] = &[
    ("setting", "name", Class::Public),
    ("setting", "value", Class::Public),
    ("signing_key", "key_id", Class::Public),
    ("signing_key", "purpose", Class::Public),
    ("signing_key", "sealed_secret", Class::Sealed),
    ("signing_key", "created_at", Class::Public),
    ("signing_key", "retired_at", Class::Public),
    ("authority_key", "key_id", Class::Public),
    ("authority_key", "authority", Class::Public),
    ("authority_key", "public_key", Class::Public),
    ("authority_key", "created_at", Class::Public),
    ("authority_key", "retired_at", Class::Public),
    ("request_nonce", "key_id", Class::Public),
    ("request_nonce", "nonce", Class::Public),
    ("request_nonce", "expires_at", Class::Public),
    ("log_head", "id", Class::Public),
    ("log_head", "size", Class::Public),
    ("log_leaf", "leaf", Class::Public),
    ("log_leaf", "entry", Class::Pseudonym),
    ("log_tile", "level", Class::Public),
    ("log_tile", "place", Class::Public),
    ("log_tile", "hashes", Class::Pseudonym),
    ("log_checkpoint", "size", Class::Public),
    ("log_checkpoint", "root", Class::Public),
    ("log_checkpoint", "note", Class::Public),
    ("log_checkpoint", "signed_at", Class::Public),
    ("person", "person", Class::Pseudonym),
    ("person", "wrapped_key", Class::Sealed),
    ("person", "name_mac", Class::Pseudonym),
    ("person", "sealed_identity", Class::Sealed),
    ("person", "created_at", Class::Fact),
    ("document", "document", Class::Pseudonym),
    ("document", "person", Class::Pseudonym),
    ("document", "record", Class::Pseudonym),
    ("document", "content_mac", Class::Pseudonym),
    ("document", "version", Class::Fact),
    ("record_version", "person", Class::Pseudonym),
    ("record_version", "record", Class::Pseudonym),
    ("record_version", "version", Class::Fact),
    ("record_version", "change", Class::Fact),
    ("record_version", "kind", Class::Fact),
    ("record_version", "authority", Class::Fact),
    ("record_version", "profession", Class::Fact),
    ("record_version", "basis", Class::Fact),
    ("record_version", "document", Class::Pseudonym),
    ("record_version", "licence_mac", Class::Pseudonym),
    ("record_version", "kept_until", Class::Fact),
    ("record_version", "effect", Class::Fact),
    ("record_version", "starts_on", Class::Fact),
    ("record_version", "submission", Class::Fact),
    ("record_version", "row_number", Class::Fact),
    ("record_version", "filed_at", Class::Fact),
    ("record_version", "wrapped_key", Class::Sealed),
    ("record_version", "sealed_content", Class::Sealed),
    ("record_version", "leaf", Class::Fact),
    ("submission", "submission", Class::Public),
    ("submission", "authority", Class::Public),
    ("submission", "kind", Class::Public),
    ("submission", "state", Class::Public),
    ("submission", "file_sha256", Class::Public),
    ("submission", "wrapped_key", Class::Sealed),
    ("submission", "sealed_file_name", Class::Sealed),
    ("submission", "sealed_form", Class::Sealed),
    ("submission", "received_at", Class::Public),
    ("submission", "touched_at", Class::Public),
    ("submission", "finished_at", Class::Public),
    ("submission", "taken_back_at", Class::Public),
    ("submission", "accepted", Class::Public),
    ("submission", "unchanged", Class::Public),
    ("submission", "rejected", Class::Public),
    ("submission", "fault", Class::Public),
    ("submission", "leaf", Class::Public),
    ("submission", "salt", Class::Public),
    ("submission_chunk", "submission", Class::Public),
    ("submission_chunk", "first_row", Class::Public),
    ("submission_chunk", "last_row", Class::Public),
    ("submission_chunk", "accepted", Class::Public),
    ("submission_chunk", "unchanged", Class::Public),
    ("submission_chunk", "rejected_kept", Class::Public),
    ("submission_chunk", "accepted_rows", Class::Pseudonym),
    ("submission_chunk", "other_rows", Class::Public),
    ("submission_chunk", "sealed_rejected", Class::Sealed),
    ("upload", "submission", Class::Public),
    ("upload", "authority", Class::Public),
    ("upload", "kind", Class::Public),
    ("upload", "file_sha256", Class::Public),
    ("upload", "wrapped_key", Class::Sealed),
    ("upload", "sealed_file_name", Class::Sealed),
    ("upload", "length", Class::Public),
    ("upload", "received", Class::Public),
    ("upload", "created_at", Class::Public),
    ("upload", "touched_at", Class::Public),
    ("event", "person", Class::Pseudonym),
    ("event", "event", Class::Fact),
    ("event", "kind", Class::Fact),
    ("event", "actor", Class::Fact),
    ("event", "purpose", Class::Fact),
    ("event", "subject", Class::Pseudonym),
    ("event", "at", Class::Fact),
    ("event", "salt", Class::Fact),
    ("event", "leaf", Class::Fact),
    ("inquiry_count", "asker", Class::Public),
    ("inquiry_count", "purpose", Class::Public),
    ("inquiry_count", "day", Class::Public),
    ("inquiry_count", "looks", Class::Public),
    ("certificate", "person", Class::Pseudonym),
    ("certificate", "certificate", Class::Pseudonym),
    ("certificate", "record", Class::Pseudonym),
    ("certificate", "record_version", Class::Fact),
    ("certificate", "status_list", Class::Fact),
    ("certificate", "status_place", Class::Fact),
    ("certificate", "issued_at", Class::Fact),
    ("certificate", "expires_at", Class::Fact),
    ("certificate", "revoke_on", Class::Fact),
    ("certificate", "revoked_at", Class::Fact),
    ("certificate", "revoked_why", Class::Fact),
    ("certificate", "wrapped_key", Class::Sealed),
    ("certificate", "sealed_text", Class::Sealed),
    ("status_list", "list", Class::Public),
    ("status_list", "used", Class::Public),
    ("status_list", "changed_at", Class::Public),
    ("status_place", "list", Class::Public),
    ("status_place", "place", Class::Public),
    ("status_place", "revoked_at", Class::Public),
    ("notice", "person", Class::Pseudonym),
    ("notice", "notice", Class::Fact),
    ("notice", "kind", Class::Fact),
    ("notice", "subject", Class::Pseudonym),
    ("notice", "at", Class::Fact),
    ("notice", "read_at", Class::Fact),
    ("alert", "person", Class::Pseudonym),
    ("alert", "alert", Class::Pseudonym),
    ("alert", "source", Class::Fact),
    ("alert", "remote", Class::Pseudonym),
    ("alert", "record", Class::Pseudonym),
    ("alert", "authority", Class::Fact),
    ("alert", "profession", Class::Fact),
    ("alert", "effect", Class::Fact),
    ("alert", "starts_on", Class::Fact),
    ("alert", "ends_on", Class::Fact),
    ("alert", "revision", Class::Fact),
    ("alert", "wrapped_key", Class::Sealed),
    ("alert", "sealed_content", Class::Sealed),
    ("alert", "arrived_at", Class::Fact),
    ("alert", "closed_at", Class::Fact),
    ("alert_receiver", "person", Class::Pseudonym),
    ("alert_receiver", "alert", Class::Pseudonym),
    ("alert_receiver", "receiver", Class::Fact),
    ("alert_receiver", "peer", Class::Fact),
    ("alert_receiver", "due_on", Class::Fact),
    ("alert_receiver", "pending", Class::Fact),
    ("alert_receiver", "told", Class::Fact),
    ("alert_receiver", "begun", Class::Fact),
    ("alert_receiver", "attempts", Class::Fact),
    ("alert_receiver", "next_at", Class::Fact),
    ("alert_receiver", "lease_until", Class::Fact),
    ("alert_receiver", "told_at", Class::Fact),
    ("alert_receiver", "seen_at", Class::Fact),
    ("alert_receiver", "closed_at", Class::Fact),
    ("peer", "peer", Class::Public),
    ("peer", "url", Class::Public),
    ("peer", "public_key", Class::Public),
    ("peer", "professions", Class::Public),
    ("peer", "sends", Class::Public),
    ("peer", "takes", Class::Public),
    ("peer", "created_at", Class::Public),
    ("peer", "ended_at", Class::Public),
    ("peer_alert", "peer", Class::Public),
    ("peer_alert", "remote", Class::Pseudonym),
    ("peer_alert", "revision", Class::Fact),
    ("peer_alert", "message", Class::Pseudonym),
    ("peer_alert", "taken_at", Class::Fact),
    ("staff", "body", Class::Public),
    ("staff", "staff", Class::Public),
    ("staff", "own_person", Class::Pseudonym),
    ("staff", "sealed_name", Class::Sealed),
    ("staff", "added_at", Class::Public),
    ("staff", "stopped_at", Class::Public),
    ("staff", "ended_at", Class::Public),
    ("staff_key", "body", Class::Public),
    ("staff_key", "key_id", Class::Public),
    ("staff_key", "staff", Class::Public),
    ("staff_day", "body", Class::Public),
    ("staff_day", "staff", Class::Public),
    ("staff_day", "day", Class::Public),
    ("staff_day", "looks", Class::Public),
    ("staff_day", "refusals", Class::Public),
    ("member_stop", "body", Class::Public),
    ("member_stop", "stopped_at", Class::Public),
    ("reviewer", "reviewer", Class::Public),
    ("reviewer", "sealed_name", Class::Sealed),
    ("reviewer", "added_at", Class::Public),
    ("reviewer", "ended_at", Class::Public),
    ("oversight_step", "step", Class::Public),
    ("oversight_step", "change", Class::Public),
    ("oversight_step", "body", Class::Public),
    ("oversight_step", "staff", Class::Public),
    ("oversight_step", "reviewer", Class::Public),
    ("oversight_step", "subject", Class::Fact),
    ("oversight_step", "at", Class::Public),
    ("oversight_step", "sealed_reasons", Class::Sealed),
    ("oversight_step", "salt", Class::Public),
    ("oversight_step", "leaf", Class::Public),
    ("oversight_step", "waits", Class::Public),
    ("look", "person", Class::Pseudonym),
    ("look", "look", Class::Fact),
    ("look", "body", Class::Fact),
    ("look", "staff", Class::Fact),
    ("look", "purpose", Class::Fact),
    ("look", "outcome", Class::Fact),
    ("look", "consent", Class::Pseudonym),
    ("look", "sealed_case", Class::Sealed),
    ("look", "at", Class::Fact),
    ("look", "body_salt", Class::Fact),
    ("look", "body_leaf", Class::Fact),
    ("look_wait", "person", Class::Pseudonym),
    ("look_wait", "look", Class::Fact),
    ("look_wait", "shows_on", Class::Fact),
    ("look_wait", "told_at", Class::Fact),
    ("given", "person", Class::Pseudonym),
    ("given", "record", Class::Pseudonym),
    ("given", "body", Class::Fact),
    ("given", "last_at", Class::Fact),
    ("review_item", "person", Class::Pseudonym),
    ("review_item", "look", Class::Fact),
    ("review_item", "body", Class::Fact),
    ("review_item", "staff", Class::Fact),
    ("review_item", "causes", Class::Fact),
    ("review_item", "at", Class::Fact),
    ("review_item", "closed_at", Class::Fact),
    ("review_item", "reviewer", Class::Fact),
    ("review_item", "verdict", Class::Fact),
    ("review_item", "sealed_reasons", Class::Sealed),
    ("consent", "person", Class::Pseudonym),
    ("consent", "consent", Class::Pseudonym),
    ("consent", "body", Class::Fact),
    ("consent", "purpose", Class::Fact),
    ("consent", "state", Class::Fact),
    ("consent", "asked", Class::Fact),
    ("consent", "granted", Class::Fact),
    ("consent", "used", Class::Fact),
    ("consent", "asked_at", Class::Fact),
    ("consent", "changed_at", Class::Fact),
    ("mandate", "person", Class::Pseudonym),
    ("mandate", "mandate", Class::Pseudonym),
    ("mandate", "representative", Class::Pseudonym),
    ("mandate", "scope", Class::Fact),
    ("mandate", "from_on", Class::Fact),
    ("mandate", "until_on", Class::Fact),
    ("mandate", "registered_at", Class::Fact),
    ("mandate", "ended_at", Class::Fact),
    ("event_by", "person", Class::Pseudonym),
    ("event_by", "event", Class::Fact),
    ("event_by", "staff", Class::Fact),
    ("event_by", "mandate", Class::Pseudonym),
    ("event_by", "representative", Class::Pseudonym),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of every table, read from the migrations' own text.
    fn columns_of_the_schema() -> Vec<(String, String)> {
        let mut found = Vec::new();
        for migration in crate::migrations::all() {
            for statement in migration.sql.split(';') {
                let statement = statement.trim();
                let Some(rest) = statement.strip_prefix("CREATE TABLE ") else {
                    continue;
                };
                let (table, body) = rest.split_once('(').expect("a table has columns");
                for line in body
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty() && *line != ")")
                {
                    let word = line.split_whitespace().next().expect("a line has a word");
                    if word != "PRIMARY" && word != "UNIQUE" {
                        found.push((table.trim().to_owned(), word.to_owned()));
                    }
                }
            }
        }
        found
    }

    #[test]
    fn every_column_is_classed_and_every_class_has_its_column() {
        let mut classed: Vec<_> = COLUMNS
            .iter()
            .map(|(t, c, _)| ((*t).to_owned(), (*c).to_owned()))
            .collect();
        let mut real = columns_of_the_schema();
        classed.sort();
        real.sort();
        assert_eq!(classed, real);
    }

    #[test]
    fn the_person_comes_first_in_the_key_of_every_table_about_people() {
        for migration in crate::migrations::all() {
            for statement in migration.sql.split(';').filter(|s| s.contains("CREATE TABLE")) {
                let about_people = [
                    "record_version",
                    "event",
                    "certificate",
                    "notice",
                    "alert",
                    "alert_receiver",
                    "look",
                    "look_wait",
                    "given",
                    "review_item",
                    "consent",
                    "mandate",
                    "event_by",
                ]
                .iter()
                .any(|table| statement.contains(&format!("CREATE TABLE {table} ")));
                if about_people {
                    assert!(statement.contains("PRIMARY KEY (person,"), "{statement}");
                }
            }
        }
    }
}
