-- Several workers: pieces of work, and marks that survive whoever takes away an older one.

-- Pieces that a conductor (the token of its lease) has posted. claims: how often one was begun.
CREATE TABLE piece (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conductor bigint NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    what bytea NOT NULL,
    worker text COLLATE "C" NOT NULL DEFAULT '',
    claims bigint NOT NULL DEFAULT 0,
    refused boolean NOT NULL DEFAULT false,
    result bytea
);

-- Until when the calls of a system are reserved that takes so many per second.
CREATE TABLE rhythm (
    system text COLLATE "C" PRIMARY KEY,
    until timestamptz NOT NULL
);

-- A mark belongs to the transaction that set it: who takes marks away, takes those that it could see when it began.
ALTER TABLE mark ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE mark DROP CONSTRAINT mark_pkey;
ALTER TABLE mark ADD CONSTRAINT mark_pkey PRIMARY KEY (mark, golden, tx);
