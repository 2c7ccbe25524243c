CREATE TABLE withdrawal (
  withdrawal BYTEA NOT NULL PRIMARY KEY,
  line TEXT NOT NULL
);

CREATE TABLE breach (
  breach BYTEA NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  noticed_on BIGINT NOT NULL,
  tell_by BIGINT NOT NULL,
  reported_at BIGINT NOT NULL,
  reported_by TEXT NOT NULL,
  affected BIGINT NOT NULL,
  sealed_words BYTEA NOT NULL,
  salt BYTEA NOT NULL,
  leaf BIGINT NOT NULL
);
