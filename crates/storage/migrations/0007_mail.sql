CREATE TABLE mail_request (
  person BYTEA NOT NULL PRIMARY KEY,
  job BYTEA NOT NULL,
  sealed_request BYTEA,
  state TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  tries_left BIGINT NOT NULL,
  asks BIGINT NOT NULL,
  asks_since BIGINT NOT NULL,
  next_at BIGINT,
  attempts BIGINT NOT NULL,
  token BYTEA
);

CREATE INDEX mail_request_next ON mail_request (next_at);

CREATE INDEX mail_request_token ON mail_request (token);
