-- Versions of a person's records, each found by its place in the log instead of by record and version: the key is
-- a third shorter. Keys are scattered over their index, so its size decides how quickly a large one grows.
CREATE TABLE version_by_leaf (
  person BYTEA NOT NULL,
  record BYTEA NOT NULL,
  version BIGINT NOT NULL,
  change TEXT NOT NULL,
  kind TEXT NOT NULL,
  authority TEXT NOT NULL,
  profession TEXT NOT NULL,
  basis TEXT NOT NULL,
  document BYTEA NOT NULL,
  licence_mac BYTEA,
  kept_until BIGINT,
  effect TEXT,
  starts_on BIGINT,
  submission BYTEA NOT NULL,
  row_number BIGINT NOT NULL,
  filed_at BIGINT NOT NULL,
  wrapped_key BYTEA,
  sealed_content BYTEA,
  leaf BIGINT NOT NULL,
  PRIMARY KEY (person, leaf)
);

INSERT INTO version_by_leaf (person, record, version, change, kind, authority, profession, basis, document,
  licence_mac, kept_until, effect, starts_on, submission, row_number, filed_at, wrapped_key, sealed_content, leaf)
SELECT person, record, version, change, kind, authority, profession, basis, document, licence_mac, kept_until, effect,
  starts_on, submission, row_number, filed_at, wrapped_key, sealed_content, leaf
FROM record_version;

DROP TABLE record_version;

ALTER TABLE version_by_leaf RENAME TO record_version;
