CREATE TABLE alert (
  person BYTEA NOT NULL,
  alert BYTEA NOT NULL,
  source TEXT NOT NULL,
  remote BYTEA,
  record BYTEA,
  authority TEXT NOT NULL,
  profession TEXT NOT NULL,
  effect TEXT NOT NULL,
  starts_on BIGINT,
  ends_on BIGINT,
  revision BIGINT NOT NULL,
  wrapped_key BYTEA,
  sealed_content BYTEA,
  arrived_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (person, alert)
);

-- Alerts that a person may not practise a profession, or only within bounds, to those who license that same one:
-- authorities here, and other instances. What tells whom it is about is sealed under a key of the alert's own,
-- which is destroyed when it is closed.
CREATE INDEX alert_by_remote ON alert (source, remote);

CREATE INDEX alert_by_end ON alert (closed_at, ends_on);

CREATE TABLE alert_receiver (
  person BYTEA NOT NULL,
  alert BYTEA NOT NULL,
  receiver TEXT NOT NULL,
  peer BIGINT NOT NULL,
  due_on BIGINT,
  pending BIGINT NOT NULL,
  told BIGINT NOT NULL,
  begun BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  lease_until BIGINT,
  told_at BIGINT,
  seen_at BIGINT,
  closed_at BIGINT,
  PRIMARY KEY (person, alert, receiver)
);

CREATE INDEX alert_receiver_inbox ON alert_receiver (receiver, closed_at);

CREATE INDEX alert_receiver_pending ON alert_receiver (pending, next_at);

CREATE TABLE peer (
  peer TEXT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  professions TEXT NOT NULL,
  sends BIGINT NOT NULL,
  takes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);

CREATE TABLE peer_alert (
  peer TEXT NOT NULL,
  remote BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  message BYTEA NOT NULL,
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (peer, remote)
);
