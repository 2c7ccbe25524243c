CREATE TABLE withdrawal (
  withdrawal BYTEA NOT NULL PRIMARY KEY,
  line TEXT NOT NULL
);
