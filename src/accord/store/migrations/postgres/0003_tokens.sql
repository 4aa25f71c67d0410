-- Sealed tokens that workers share. They are no part of the state: no copy and no backup holds them, and a backup that
-- is put in its place leaves them as they are.
CREATE TABLE token (
    name text COLLATE "C" PRIMARY KEY,
    sealed bytea NOT NULL
);
