CREATE TABLE reviewer_key (
  key_id TEXT NOT NULL PRIMARY KEY,
  reviewer TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  leaf BIGINT NOT NULL
);
