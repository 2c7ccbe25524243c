-- Of a request to stop using a record: what the body knows the procedure by, a MAC. Nothing but the program can work it
-- out: older requests have no byte of it until they are filled on opening.
ALTER TABLE body_notice ADD COLUMN known_as BYTEA;

UPDATE body_notice SET known_as = substr(procedure, 1, 0) WHERE kind IN ('stop-using', 'stop-using-again');

CREATE INDEX body_notice_known_as ON body_notice (known_as);
