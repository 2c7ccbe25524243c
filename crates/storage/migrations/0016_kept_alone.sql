ALTER TABLE procedure ADD COLUMN kept_alone BIGINT NOT NULL DEFAULT 0;

CREATE INDEX procedure_kept_alone ON procedure (kept_alone, changed_at);
