-- The schema of a new store, in a PostgreSQL schema of its own: what all migrations make together (tests compare them).
-- A column is there because a statement asks for it; the rest of a row is a blob (accord/store/rows.py).
-- Texts are compared by code points, whatever the database's collation says.

CREATE TABLE layout (
    version integer PRIMARY KEY
);

-- Who may do what, and until when. Every holder has a greater token; what another one holds is refused by `fence`.
-- holder: for people; process: which one on which machine; session: the name of its connections.
CREATE TABLE lease (
    name text COLLATE "C" PRIMARY KEY,
    token bigint NOT NULL,
    holder text NOT NULL,
    process text NOT NULL,
    session text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    UNIQUE (name, token)
);

-- Records as last read. standing: 0 waiting, 1 excluded, 2 held, 3 linked, 4 gone.
CREATE TABLE seen (
    mapping text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    golden text COLLATE "C",
    held text COLLATE "C" NOT NULL,
    standing bigint NOT NULL,
    asked_us bigint NOT NULL,
    row bytea NOT NULL,
    PRIMARY KEY (mapping, id)
) WITH (fillfactor = 85);
CREATE INDEX seen_unlinked ON seen (mapping, standing, id) WHERE standing <> 3;

-- Golden ids have no order; the number has that of creation, which keeps links of one time in one place.
CREATE TABLE golden (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    concept text COLLATE "C" NOT NULL,
    row bytea NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX golden_concept ON golden (concept, id);

-- flags: 1 open, 2 rejected, 4 creating.
CREATE TABLE link (
    golden bigint NOT NULL,
    mapping text COLLATE "C" NOT NULL,
    incarnation bigint NOT NULL,
    id text COLLATE "C",
    life text COLLATE "C" NOT NULL,
    flags bigint NOT NULL,
    row bytea NOT NULL,
    PRIMARY KEY (golden, mapping, incarnation)
) WITH (fillfactor = 85);
CREATE INDEX link_record ON link (mapping, id) WHERE life = 'live' AND id IS NOT NULL;
CREATE INDEX link_flags ON link (mapping, flags) WHERE flags <> 0;

-- The mark "lock" stands for a golden record that is not there yet, while somebody works with it. Any other mark belongs
-- to the transaction that set it: who takes marks away, takes those that it could see when it began.
CREATE TABLE mark (
    mark text COLLATE "C" NOT NULL,
    golden text COLLATE "C" NOT NULL,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (mark, golden, tx)
);

-- Pieces of work that a conductor (the token of its lease) has posted. claims: how often one was begun.
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

-- What golden records refer to: record keys and golden ids.
CREATE TABLE reference (
    golden text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    PRIMARY KEY (golden, target)
);
CREATE INDEX reference_target ON reference (target);

CREATE TABLE match_key (
    concept text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    mapping text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (concept, rule, key, mapping, id)
);
CREATE INDEX match_key_record ON match_key (mapping, id);

-- The row of a key is its lock (C3), whether it is touched or only passes, which no transaction leaves behind.
CREATE TABLE touched_key (
    concept text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    passing boolean NOT NULL DEFAULT false,
    PRIMARY KEY (concept, rule, key)
);

CREATE TABLE cursor (
    mapping text COLLATE "C" PRIMARY KEY,
    row bytea NOT NULL
);

CREATE TABLE "fetch" (
    mapping text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    not_before_us bigint NOT NULL,
    PRIMARY KEY (mapping, id)
);
CREATE INDEX fetch_due ON "fetch" (mapping, not_before_us, id);
CREATE INDEX fetch_next ON "fetch" (not_before_us);

CREATE TABLE review (
    id text COLLATE "C" PRIMARY KEY,
    concept text COLLATE "C" NOT NULL,
    row bytea NOT NULL
);

-- What people said of two records, by their keys, a < b.
CREATE TABLE decision (
    concept text COLLATE "C" NOT NULL,
    a text COLLATE "C" NOT NULL,
    b text COLLATE "C" NOT NULL,
    todo boolean NOT NULL,
    row bytea NOT NULL,
    PRIMARY KEY (concept, a, b)
);
CREATE INDEX decision_b ON decision (concept, b);
CREATE INDEX decision_todo ON decision (concept, a, b) WHERE todo;

-- History: facts in columns, values in the blob, so that values can go and facts stay.
-- A stamp is kept with the values, for it ends in a checksum of one.
CREATE TABLE event (
    seq bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    golden text COLLATE "C" NOT NULL,
    record text COLLATE "C" NOT NULL,
    run bigint NOT NULL,
    at_us bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    property text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    row bytea
);
CREATE INDEX event_golden ON event (golden, seq);
CREATE INDEX event_record ON event (record, seq) WHERE record <> '';
CREATE INDEX event_run ON event (run, seq) WHERE run <> 0;
CREATE INDEX event_at ON event (at_us);
CREATE INDEX event_deleted ON event (at_us) WHERE kind = 'deleted';

CREATE TABLE run (
    run bigint PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    began_us bigint NOT NULL,
    ended_us bigint,
    summary bytea
);

CREATE TABLE meta (
    name text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE token (
    name text COLLATE "C" PRIMARY KEY,
    sealed bytea NOT NULL
);

-- Refuses to go on where a lease was taken over. Its row stays locked until the transaction ends: whoever takes it over
-- changes a key column, and so waits for that; a renewal does not.
CREATE FUNCTION fence(asked text, held bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM lease l WHERE l.name = asked AND l.token = held FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'stale lease' USING ERRCODE = 'AC001';
    END IF;
END $$;

-- Keeps a value by name that this transaction has read, unless somebody else has changed it since.
CREATE FUNCTION keep(asked text, new bytea, old bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF old IS NULL THEN
        INSERT INTO meta AS m (name, value) VALUES (asked, new) ON CONFLICT DO NOTHING;
    ELSE
        UPDATE meta m SET value = new WHERE m.name = asked AND m.value = old;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'changed meanwhile' USING ERRCODE = 'AC002';
    END IF;
END $$;
