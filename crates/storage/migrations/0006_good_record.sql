CREATE TABLE commendation_proposal (
  person BYTEA NOT NULL,
  proposal BYTEA NOT NULL,
  association TEXT NOT NULL,
  authority TEXT NOT NULL,
  profession TEXT NOT NULL,
  state TEXT NOT NULL,
  record BYTEA,
  kept_until BIGINT,
  proposed_at BIGINT NOT NULL,
  decided_at BIGINT,
  wrapped_key BYTEA,
  sealed_words BYTEA,
  PRIMARY KEY (person, proposal)
);

-- What an association proposes that an authority commends somebody for. It is no record. Its words are sealed under a
-- key of its own, and kept until the end of the day kept_until. Once it was taken up they go with its record instead.
CREATE INDEX commendation_proposal_by_id ON commendation_proposal (proposal);

CREATE INDEX commendation_proposal_by_authority ON commendation_proposal (authority, state);

CREATE INDEX commendation_proposal_by_association ON commendation_proposal (association, proposal);

CREATE INDEX commendation_proposal_by_end ON commendation_proposal (kept_until);

CREATE TABLE published_commendation (
  person BYTEA NOT NULL,
  record BYTEA NOT NULL,
  version BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  PRIMARY KEY (person, record)
);

-- The commendations that their people have said yes to. That version, and no other, is shown to everybody.
CREATE INDEX published_commendation_by_time ON published_commendation (published_at, record);

CREATE TABLE pledge (
  person BYTEA NOT NULL,
  pledge BYTEA NOT NULL,
  word TEXT NOT NULL,
  profession TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (person, pledge)
);

CREATE TABLE certificate_shows (
  person BYTEA NOT NULL,
  certificate BYTEA NOT NULL,
  subject BYTEA NOT NULL,
  PRIMARY KEY (person, certificate, subject)
);
