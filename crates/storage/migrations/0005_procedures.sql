CREATE TABLE procedure (
  person BYTEA NOT NULL,
  procedure BYTEA NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  body TEXT,
  record BYTEA,
  due_on BIGINT,
  wakes_on BIGINT,
  waits_for TEXT,
  opened_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  steps BIGINT NOT NULL,
  wrapped_key BYTEA,
  sealed_state BYTEA,
  leaf BIGINT NOT NULL,
  PRIMARY KEY (person, procedure)
);

CREATE INDEX procedure_by_id ON procedure (procedure);

CREATE INDEX procedure_by_body ON procedure (body, due_on);

CREATE INDEX procedure_by_turn ON procedure (waits_for, due_on);

CREATE INDEX procedure_wakes ON procedure (wakes_on);

CREATE TABLE procedure_file (
  person BYTEA NOT NULL,
  procedure BYTEA NOT NULL,
  file BYTEA NOT NULL,
  wrapped_key BYTEA NOT NULL,
  sealed_content BYTEA NOT NULL,
  PRIMARY KEY (person, procedure, file)
);

CREATE TABLE body_notice (
  person BYTEA NOT NULL,
  notice BYTEA NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  procedure BYTEA NOT NULL,
  at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (person, notice)
);

CREATE INDEX body_notice_by_body ON body_notice (body, at);

CREATE TABLE ended_document (
  person BYTEA NOT NULL,
  document BYTEA NOT NULL,
  record BYTEA NOT NULL,
  why TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  certified_by TEXT,
  certified_at BIGINT,
  PRIMARY KEY (person, document)
);

CREATE TABLE mail_address (
  person BYTEA NOT NULL PRIMARY KEY,
  sealed_address BYTEA NOT NULL
);

CREATE TABLE mail_job (
  person BYTEA NOT NULL,
  job BYTEA NOT NULL,
  next_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  token BYTEA,
  PRIMARY KEY (person, job)
);

CREATE INDEX mail_job_next ON mail_job (next_at);

CREATE INDEX mail_job_token ON mail_job (token);
