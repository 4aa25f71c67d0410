-- The schema of a new store: what all migrations make together (tests/unit/store compares them).
-- A column is there because a statement asks for it; the rest of a row is a blob (accord/store/rows.py).

-- Records as last read. standing: 0 waiting, 1 excluded, 2 held, 3 linked, 4 gone.
CREATE TABLE seen (
    mapping TEXT NOT NULL,
    id TEXT NOT NULL,
    golden TEXT,
    held TEXT NOT NULL,
    standing INTEGER NOT NULL,
    asked_us INTEGER NOT NULL,
    row BLOB NOT NULL,
    UNIQUE (mapping, id)
);
CREATE INDEX seen_unlinked ON seen (mapping, standing, id) WHERE standing <> 3;

-- Golden ids have no order; the number has that of creation, which keeps links of one time in one place.
CREATE TABLE golden (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    concept TEXT NOT NULL,
    row BLOB NOT NULL
);
CREATE INDEX golden_concept ON golden (concept);

-- flags: 1 open, 2 rejected, 4 creating.
CREATE TABLE link (
    golden INTEGER NOT NULL REFERENCES golden (number),
    mapping TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    id TEXT,
    life TEXT NOT NULL,
    flags INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (golden, mapping, incarnation)
) WITHOUT ROWID;
CREATE INDEX link_record ON link (mapping, id, life) WHERE life = 'live' AND id IS NOT NULL;
CREATE INDEX link_flags ON link (mapping, flags) WHERE flags <> 0;

CREATE TABLE mark (
    mark TEXT NOT NULL,
    golden TEXT NOT NULL,
    PRIMARY KEY (mark, golden)
) WITHOUT ROWID;

-- What golden records refer to: record keys and golden ids.
CREATE TABLE reference (
    golden TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (golden, target)
) WITHOUT ROWID;
CREATE INDEX reference_target ON reference (target);

CREATE TABLE match_key (
    concept TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    mapping TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (concept, rule, key, mapping, id)
) WITHOUT ROWID;

CREATE TABLE touched_key (
    concept TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (concept, rule, key)
) WITHOUT ROWID;

CREATE TABLE cursor (
    mapping TEXT PRIMARY KEY,
    row BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE fetch (
    mapping TEXT NOT NULL,
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    not_before_us INTEGER NOT NULL,
    PRIMARY KEY (mapping, id)
) WITHOUT ROWID;
CREATE INDEX fetch_due ON fetch (mapping, not_before_us, id);
CREATE INDEX fetch_next ON fetch (not_before_us);

CREATE TABLE review (
    id TEXT PRIMARY KEY,
    concept TEXT NOT NULL,
    row BLOB NOT NULL
) WITHOUT ROWID;

-- What people said of two records, by their keys, a < b.
CREATE TABLE decision (
    concept TEXT NOT NULL,
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    todo INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (concept, a, b)
) WITHOUT ROWID;
CREATE INDEX decision_b ON decision (concept, b);
CREATE INDEX decision_todo ON decision (concept, a, b) WHERE todo <> 0;

-- History: facts in one table, values in another, so that values can go and facts stay.
-- A stamp is kept with the values, for it ends in a checksum of one.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    golden TEXT NOT NULL,
    record TEXT NOT NULL,
    run INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    property TEXT NOT NULL,
    rule TEXT NOT NULL
);
CREATE INDEX event_golden ON event (golden);
CREATE INDEX event_record ON event (record) WHERE record <> '';
CREATE INDEX event_run ON event (run) WHERE run <> 0;
CREATE INDEX event_at ON event (at_us);
CREATE INDEX event_deleted ON event (at_us) WHERE kind = 'deleted';

CREATE TABLE event_value (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    row BLOB NOT NULL
);

CREATE TABLE run (
    run INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    began_us INTEGER NOT NULL,
    ended_us INTEGER,
    summary BLOB
);

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
