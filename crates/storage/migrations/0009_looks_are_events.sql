ALTER TABLE event ADD COLUMN staff TEXT;

-- A look is an event: who looked, what came of it, the case, the body's own leaf, and which records were given stand in
-- one row with it, and so does who else caused an event more closely. The notice of a look is the look itself. Each row
-- more would be a page more that a look changes, since everything about people is scattered over its index.
ALTER TABLE event ADD COLUMN mandate BYTEA;

ALTER TABLE event ADD COLUMN representative BYTEA;

ALTER TABLE event ADD COLUMN outcome TEXT;

ALTER TABLE event ADD COLUMN sealed_case BYTEA;

ALTER TABLE event ADD COLUMN body_salt BYTEA;

ALTER TABLE event ADD COLUMN body_leaf BIGINT;

-- The records that were given, 16 bytes each.
ALTER TABLE event ADD COLUMN given BYTEA;

-- When the person marked the notice of a look as read.
ALTER TABLE event ADD COLUMN read_at BIGINT;

UPDATE event SET staff = event_by.staff, mandate = event_by.mandate, representative = event_by.representative
FROM event_by WHERE event_by.person = event.person AND event_by.event = event.event;

UPDATE event SET staff = look.staff, outcome = look.outcome, sealed_case = look.sealed_case, body_salt = look.body_salt,
  body_leaf = look.body_leaf
FROM look WHERE look.person = event.person AND look.look = event.event;

UPDATE event SET read_at = notice.read_at
FROM notice WHERE notice.person = event.person AND notice.subject = event.event AND notice.kind = 'looked-at';

DELETE FROM notice WHERE kind = 'looked-at';

-- What a body was last given at one moment, record by record, becomes the list of the looks that it took then.
WITH RECURSIVE list (person, body, at, record, records) AS (
  SELECT person, body, last_at, record, record FROM given AS one
  WHERE NOT EXISTS (SELECT 1 FROM given AS other WHERE other.person = one.person AND other.body = one.body
    AND other.last_at = one.last_at AND other.record < one.record)
  UNION ALL
  SELECT list.person, list.body, list.at, more.record, CAST(list.records || more.record AS BYTEA)
  FROM list JOIN given AS more ON more.person = list.person AND more.body = list.body AND more.last_at = list.at
    AND more.record > list.record
  WHERE NOT EXISTS (SELECT 1 FROM given AS other WHERE other.person = list.person AND other.body = list.body
    AND other.last_at = list.at AND other.record > list.record AND other.record < more.record)
)
UPDATE event SET given = list.records FROM list
WHERE event.person = list.person AND event.actor = list.body AND event.at = list.at AND event.outcome = 'seen'
  AND LENGTH(list.records) = 16 * (SELECT COUNT(*) FROM given AS other WHERE other.person = list.person
    AND other.body = list.body AND other.last_at = list.at);

DROP TABLE look;

DROP TABLE event_by;

DROP TABLE given;

CREATE INDEX event_look ON event (actor, event) WHERE outcome IS NOT NULL;

-- Requests come in the order in which they end, so those kept lie side by side.
CREATE TABLE request_nonce_by_end (
  expires_at BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  PRIMARY KEY (expires_at, key_id, nonce)
);

INSERT INTO request_nonce_by_end (expires_at, key_id, nonce) SELECT expires_at, key_id, nonce FROM request_nonce;

DROP TABLE request_nonce;

ALTER TABLE request_nonce_by_end RENAME TO request_nonce;

CREATE INDEX staff_person ON staff (own_person, body);
