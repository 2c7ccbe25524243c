-- For which receivers, and how far, people with decisions were gone through, to tell those of them who came later.
CREATE TABLE alert_reach (
  receivers TEXT NOT NULL PRIMARY KEY,
  after_person BYTEA NOT NULL,
  done BIGINT NOT NULL
);

CREATE INDEX record_version_effect ON record_version (person) WHERE effect IS NOT NULL;

CREATE INDEX alert_open ON alert (person) WHERE closed_at IS NULL;

-- Whether the record of an alert shows as disputed, and whether it is shown to nobody for now.
ALTER TABLE alert ADD COLUMN disputed BIGINT NOT NULL DEFAULT 0;

ALTER TABLE alert ADD COLUMN withheld BIGINT NOT NULL DEFAULT 0;

-- Who opened the alert of a record was given that.
UPDATE event SET given = subject WHERE kind = 'alert-seen' AND given IS NULL AND EXISTS
  (SELECT 1 FROM alert WHERE alert.person = event.person AND alert.record = event.subject);
