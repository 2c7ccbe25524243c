-- Of a request to stop using a record: what the body knows the procedure by, a MAC. Nothing but the program can work it
-- out: older requests have no byte of it until they are filled on opening.
ALTER TABLE body_notice ADD COLUMN known_as BYTEA;

UPDATE body_notice SET known_as = substr(procedure, 1, 0) WHERE kind IN ('stop-using', 'stop-using-again');

CREATE INDEX body_notice_known_as ON body_notice (known_as);

-- Requests that were marked as read before they had a place of their own, and whose body has not confirmed since.
UPDATE body_notice SET read_at = NULL
WHERE read_at IS NOT NULL AND kind IN ('stop-using', 'stop-using-again') AND EXISTS (
  SELECT 1 FROM procedure WHERE procedure.person = body_notice.person
  AND procedure.procedure = body_notice.procedure AND procedure.status IN ('granted', 'confirmation-overdue')
) AND NOT EXISTS (
  SELECT 1 FROM event WHERE event.person = body_notice.person AND event.subject = body_notice.procedure
  AND event.actor = body_notice.body AND event.purpose = 'restoration:confirm-stopped'
);
