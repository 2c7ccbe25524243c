-- Since when a status list is closed: whatever it gave out that is not known here is not valid.
ALTER TABLE status_list ADD COLUMN closed_at BIGINT;
