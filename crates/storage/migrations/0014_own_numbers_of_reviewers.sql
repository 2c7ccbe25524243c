ALTER TABLE reviewer ADD COLUMN own_person BYTEA;
