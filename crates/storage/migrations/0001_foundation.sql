CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value BYTEA NOT NULL
);

CREATE TABLE signing_key (
  key_id BYTEA NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  sealed_secret BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);

CREATE TABLE authority_key (
  key_id TEXT NOT NULL PRIMARY KEY,
  authority TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);

CREATE TABLE request_nonce (
  key_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, nonce)
);

CREATE TABLE log_head (
  id BIGINT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL
);

INSERT INTO log_head (id, size) VALUES (1, 0);

CREATE TABLE log_leaf (
  leaf BIGINT NOT NULL PRIMARY KEY,
  entry BYTEA NOT NULL
);

CREATE TABLE log_tile (
  level BIGINT NOT NULL,
  place BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (level, place)
);

CREATE TABLE log_checkpoint (
  size BIGINT NOT NULL PRIMARY KEY,
  root BYTEA NOT NULL,
  note TEXT NOT NULL,
  signed_at BIGINT NOT NULL
);

CREATE TABLE person (
  person BYTEA NOT NULL PRIMARY KEY,
  wrapped_key BYTEA NOT NULL,
  name_mac BYTEA NOT NULL,
  sealed_identity BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE document (
  document BYTEA NOT NULL PRIMARY KEY,
  person BYTEA NOT NULL,
  record BYTEA NOT NULL,
  content_mac BYTEA NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE record_version (
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
  PRIMARY KEY (person, record, version)
);

CREATE TABLE submission (
  submission BYTEA NOT NULL PRIMARY KEY,
  authority TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  file_sha256 BYTEA NOT NULL,
  wrapped_key BYTEA NOT NULL,
  sealed_file_name BYTEA NOT NULL,
  sealed_form BYTEA NOT NULL,
  received_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  finished_at BIGINT,
  taken_back_at BIGINT,
  accepted BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  fault TEXT,
  leaf BIGINT,
  salt BYTEA
);

CREATE INDEX submission_by_authority ON submission (authority, received_at);

CREATE TABLE submission_chunk (
  submission BYTEA NOT NULL,
  first_row BIGINT NOT NULL,
  last_row BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  rejected_kept BIGINT NOT NULL,
  accepted_rows BYTEA NOT NULL,
  other_rows BYTEA NOT NULL,
  sealed_rejected BYTEA,
  PRIMARY KEY (submission, first_row)
);

CREATE TABLE upload (
  submission BYTEA NOT NULL PRIMARY KEY,
  authority TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_sha256 BYTEA NOT NULL,
  wrapped_key BYTEA NOT NULL,
  sealed_file_name BYTEA NOT NULL,
  length BIGINT NOT NULL,
  received BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL
);

CREATE TABLE event (
  person BYTEA NOT NULL,
  event BYTEA NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  purpose TEXT NOT NULL,
  subject BYTEA,
  at BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  leaf BIGINT NOT NULL,
  PRIMARY KEY (person, event)
);

CREATE TABLE inquiry_count (
  asker TEXT NOT NULL,
  purpose TEXT NOT NULL,
  day BIGINT NOT NULL,
  looks BIGINT NOT NULL,
  PRIMARY KEY (asker, purpose, day)
);

CREATE TABLE certificate (
  person BYTEA NOT NULL,
  certificate BYTEA NOT NULL,
  record BYTEA NOT NULL,
  record_version BIGINT NOT NULL,
  status_list BIGINT NOT NULL,
  status_place BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoke_on BIGINT,
  revoked_at BIGINT,
  revoked_why TEXT,
  wrapped_key BYTEA,
  sealed_text BYTEA,
  PRIMARY KEY (person, certificate)
);

CREATE INDEX certificate_due ON certificate (revoke_on);

CREATE TABLE status_list (
  list BIGINT NOT NULL PRIMARY KEY,
  used BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE TABLE status_place (
  list BIGINT NOT NULL,
  place BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (list, place)
);

CREATE TABLE notice (
  person BYTEA NOT NULL,
  notice BYTEA NOT NULL,
  kind TEXT NOT NULL,
  subject BYTEA,
  at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (person, notice)
);
