ALTER TABLE procedure ADD COLUMN withheld_after BIGINT;

UPDATE procedure SET withheld_after = due_on
WHERE record IS NOT NULL AND waits_for IS NOT NULL AND (
  kind = 'dispute' AND status IN ('open', 'overdue')
  OR kind = 'reconsideration'
  AND status IN ('changed', 'change-overdue', 'outside-decision', 'follow-overdue')
);

ALTER TABLE review_item ADD COLUMN first_verdict TEXT;

ALTER TABLE review_item ADD COLUMN first_reviewer TEXT;

ALTER TABLE review_item ADD COLUMN first_closed_at BIGINT;

ALTER TABLE review_item ADD COLUMN sealed_first_reasons BYTEA;
