CREATE TABLE auditor_key (
  key_id TEXT NOT NULL PRIMARY KEY,
  sealed_name BYTEA NOT NULL,
  public_key BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  leaf BIGINT NOT NULL,
  ended_at BIGINT,
  ended_salt BYTEA,
  ended_leaf BIGINT
);
