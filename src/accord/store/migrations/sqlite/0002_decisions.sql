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
