CREATE TABLE staff (
  body TEXT NOT NULL,
  staff TEXT NOT NULL,
  own_person BYTEA,
  sealed_name BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  stopped_at BIGINT,
  ended_at BIGINT,
  PRIMARY KEY (body, staff)
);

CREATE TABLE staff_key (
  body TEXT NOT NULL,
  key_id TEXT NOT NULL,
  staff TEXT NOT NULL,
  PRIMARY KEY (body, key_id)
);

CREATE TABLE staff_day (
  body TEXT NOT NULL,
  staff TEXT NOT NULL,
  day BIGINT NOT NULL,
  looks BIGINT NOT NULL,
  refusals BIGINT NOT NULL,
  PRIMARY KEY (body, staff, day)
);

CREATE TABLE member_stop (
  body TEXT NOT NULL PRIMARY KEY,
  stopped_at BIGINT NOT NULL
);

CREATE TABLE reviewer (
  reviewer TEXT NOT NULL PRIMARY KEY,
  sealed_name BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  ended_at BIGINT
);

CREATE TABLE oversight_step (
  step BYTEA NOT NULL PRIMARY KEY,
  change TEXT NOT NULL,
  body TEXT NOT NULL,
  staff TEXT,
  reviewer TEXT,
  subject BYTEA,
  at BIGINT NOT NULL,
  sealed_reasons BYTEA,
  salt BYTEA NOT NULL,
  leaf BIGINT NOT NULL,
  waits BIGINT NOT NULL
);

CREATE INDEX oversight_waits ON oversight_step (waits, at);

CREATE TABLE look (
  person BYTEA NOT NULL,
  look BYTEA NOT NULL,
  body TEXT NOT NULL,
  staff TEXT,
  purpose TEXT NOT NULL,
  outcome TEXT NOT NULL,
  consent BYTEA,
  sealed_case BYTEA,
  at BIGINT NOT NULL,
  body_salt BYTEA,
  body_leaf BIGINT,
  PRIMARY KEY (person, look)
);

CREATE INDEX look_by_body ON look (body, look);

CREATE TABLE look_wait (
  person BYTEA NOT NULL,
  look BYTEA NOT NULL,
  shows_on BIGINT NOT NULL,
  told_at BIGINT,
  PRIMARY KEY (person, look)
);

CREATE INDEX look_wait_due ON look_wait (told_at, shows_on);

CREATE TABLE given (
  person BYTEA NOT NULL,
  record BYTEA NOT NULL,
  body TEXT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (person, record, body)
);

CREATE TABLE review_item (
  person BYTEA NOT NULL,
  look BYTEA NOT NULL,
  body TEXT NOT NULL,
  staff TEXT NOT NULL,
  causes TEXT NOT NULL,
  at BIGINT NOT NULL,
  closed_at BIGINT,
  reviewer TEXT,
  verdict TEXT,
  sealed_reasons BYTEA,
  PRIMARY KEY (person, look)
);

CREATE INDEX review_item_look ON review_item (look);

CREATE INDEX review_item_closed ON review_item (closed_at);

CREATE TABLE consent (
  person BYTEA NOT NULL,
  consent BYTEA NOT NULL,
  body TEXT NOT NULL,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  asked TEXT NOT NULL,
  granted TEXT,
  used BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  changed_at BIGINT,
  PRIMARY KEY (person, consent)
);

CREATE INDEX consent_by_body ON consent (body, consent);

CREATE TABLE mandate (
  person BYTEA NOT NULL,
  mandate BYTEA NOT NULL,
  representative BYTEA NOT NULL,
  scope TEXT NOT NULL,
  from_on BIGINT NOT NULL,
  until_on BIGINT NOT NULL,
  registered_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (person, mandate)
);

CREATE INDEX mandate_by_representative ON mandate (representative);

CREATE TABLE event_by (
  person BYTEA NOT NULL,
  event BYTEA NOT NULL,
  staff TEXT,
  mandate BYTEA,
  representative BYTEA,
  PRIMARY KEY (person, event)
);
