-- The looks of a body in the order in which they were taken: those of one commit lie side by side, and change one page
-- instead of one each.
DROP INDEX event_look;

CREATE INDEX event_look ON event (actor, at) WHERE outcome IS NOT NULL;
