"""All SQL of the SQLite store: one statement per name, for SQLite 3.24 and later.

Lists of ids go through the temporary table `wanted`, which takes any string; so a statement is the same for any number.
CROSS JOIN keeps the order of the tables as written.
"""
# ruff: noqa: S608 (statements are put together from one another alone, never from data)

from typing import Final

from accord.core.state import LEFT_OUT
from accord.store.standing import Standing

# the schema

PARTS: Final = """
    SELECT 'table', m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
    UNION SELECT type, name, NULL FROM sqlite_master"""

# lists of ids

CREATE_WANTED: Final = """
    CREATE TEMP TABLE wanted (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID"""
CLEAR_WANTED: Final = "DELETE FROM temp.wanted"
ADD_WANTED: Final = "INSERT OR IGNORE INTO temp.wanted (a, b) VALUES (?, ?)"

# seen

_SEEN: Final = "s.mapping, s.id, s.golden, s.held, s.asked_us, s.row"

SEEN: Final = f"""
    SELECT {_SEEN} FROM temp.wanted w CROSS JOIN seen s ON s.mapping = w.a AND s.id = w.b"""
SAVE_SEEN: Final = """
    INSERT INTO seen (mapping, id, golden, held, standing, asked_us, row) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (mapping, id) DO UPDATE SET
        golden = excluded.golden, held = excluded.held, standing = excluded.standing, asked_us = excluded.asked_us,
        row = excluded.row"""
SCAN_SEEN: Final = f"""
    SELECT {_SEEN} FROM seen s WHERE mapping = ? AND id > ? ORDER BY id LIMIT ?"""
SCAN_STANDING: Final = f"""
    SELECT {_SEEN} FROM seen s INDEXED BY seen_unlinked
    WHERE standing <> 3 AND mapping = ? AND standing = ? AND id > ? ORDER BY id LIMIT ?"""
UNSWEPT: Final = """
    SELECT id FROM seen WHERE mapping = ? AND asked_us < ? AND id > ? AND standing <> 4 ORDER BY id LIMIT ?"""

# match keys

REMOVE_KEY: Final = (
    "DELETE FROM match_key WHERE concept = ? AND rule = ? AND key = ? AND mapping = ? AND id = ?"
)
ADD_KEY: Final = "INSERT OR IGNORE INTO match_key (concept, rule, key, mapping, id) VALUES (?, ?, ?, ?, ?)"
TOUCH: Final = "INSERT OR IGNORE INTO touched_key (concept, rule, key) VALUES (?, ?, ?)"
UNTOUCH: Final = "DELETE FROM touched_key WHERE concept = ? AND rule = ? AND key = ?"
DROP_KEYS: Final = "DELETE FROM match_key WHERE concept = ?"
DROP_TOUCHED: Final = "DELETE FROM touched_key WHERE concept = ?"

# Rows come in order of (rule, key, mapping, id) as the loops run. ORDER BY would say so, but sort all members of all
# groups before the first one comes; tests/unit/store looks at the plan.
_MEMBER: Final = f"""s.mapping, s.id, s.golden,
    CASE s.standing WHEN {Standing.EXCLUDED.value} THEN '{LEFT_OUT}' ELSE s.held END"""
_MEMBERS: Final = """
    LEFT JOIN match_key k ON k.concept = :concept AND k.rule = t.rule AND k.key = t.key
    LEFT JOIN seen s ON s.mapping = k.mapping AND s.id = k.id AND s.standing <> 4"""
TOUCHED: Final = f"""
    SELECT t.rule, t.key, {_MEMBER}
    FROM (SELECT rule, key FROM touched_key
          WHERE concept = :concept AND rule = :rule AND key > :key ORDER BY rule, key LIMIT :limit) t
    {_MEMBERS}"""
GROUPS: Final = f"""
    SELECT t.rule, t.key, {_MEMBER}
    FROM (SELECT a AS rule, b AS key FROM temp.wanted
          WHERE (a, b) > (:rule, :key) ORDER BY a, b LIMIT :limit) t
    {_MEMBERS}"""

# golden records and links

_LINK: Final = "g.id, l.mapping, l.incarnation, l.id, l.life, l.row"

GOLDENS: Final = """
    SELECT g.number, g.id, g.concept, g.row FROM temp.wanted w CROSS JOIN golden g ON g.id = w.a ORDER BY w.a"""
LINKS: Final = f"""
    SELECT {_LINK} FROM temp.wanted w CROSS JOIN golden g ON g.id = w.a CROSS JOIN link l ON l.golden = g.number
    ORDER BY w.a, l.mapping, l.incarnation"""
LINKS_OF: Final = f"""
    SELECT {_LINK} FROM temp.wanted w CROSS JOIN golden g ON g.id = w.a
    CROSS JOIN link l ON l.golden = g.number AND l.mapping = ? ORDER BY w.a, l.incarnation"""
LINKED_SEEN: Final = f"""
    SELECT g.id, {_SEEN} FROM temp.wanted w CROSS JOIN golden g ON g.id = w.a CROSS JOIN link l ON l.golden = g.number
    CROSS JOIN seen s ON s.mapping = l.mapping AND s.id = l.id"""
SAVE_GOLDEN: Final = """
    INSERT INTO golden (id, concept, row) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET concept = excluded.concept, row = excluded.row"""
SAVE_LINK: Final = """
    INSERT INTO link (golden, mapping, incarnation, id, life, flags, row)
    VALUES ((SELECT number FROM golden WHERE id = ?), ?, ?, ?, ?, ?, ?)
    ON CONFLICT (golden, mapping, incarnation) DO UPDATE SET
        id = excluded.id, life = excluded.life, flags = excluded.flags, row = excluded.row"""
SCAN_GOLDEN: Final = """
    SELECT id, concept, row FROM golden WHERE +concept = ? AND id > ? ORDER BY id LIMIT ?"""
OPEN_LINKS: Final = """
    SELECT DISTINCT g.id FROM link l JOIN golden g ON g.number = l.golden
    WHERE l.flags <> 0 AND l.flags & 1 AND l.mapping = ? AND g.id > ? ORDER BY g.id LIMIT ?"""
REJECTED: Final = f"""
    SELECT {_LINK} FROM link l JOIN golden g ON g.number = l.golden
    WHERE l.flags <> 0 AND l.flags & 2 ORDER BY g.id, l.mapping, l.incarnation LIMIT ?"""
LINKED: Final = """
    SELECT count(*) FROM (SELECT 1 FROM link WHERE mapping = ? AND life = 'live' AND id IS NOT NULL LIMIT ?) t"""
GOLDEN_OF: Final = """
    SELECT w.a, w.b, g.id FROM temp.wanted w
    CROSS JOIN link l ON l.mapping = w.a AND l.id = w.b AND l.id IS NOT NULL AND l.life = 'live'
    CROSS JOIN golden g ON g.number = l.golden ORDER BY g.id"""
REMOTE_OF: Final = """
    SELECT w.a, w.b, l.id FROM temp.wanted w CROSS JOIN golden g ON g.id = w.b
    CROSS JOIN link l ON l.golden = g.number AND l.mapping = w.a AND l.life = 'live' AND l.id IS NOT NULL
    ORDER BY l.incarnation"""
MARK: Final = "INSERT OR IGNORE INTO mark (mark, golden) VALUES (?, ?)"
UNMARK: Final = "DELETE FROM mark WHERE mark = ? AND golden = ?"
MARKED: Final = "SELECT golden FROM mark WHERE mark = ? AND golden > ? ORDER BY golden LIMIT ?"

# references

REMOVE_REFERENCES: Final = "DELETE FROM reference WHERE golden = ?"
ADD_REFERENCE: Final = "INSERT OR IGNORE INTO reference (golden, target) VALUES (?, ?)"
DEPENDANTS: Final = """
    SELECT DISTINCT r.golden FROM temp.wanted w CROSS JOIN reference r ON r.target = w.a"""

# the rest of the hub

CURSOR: Final = "SELECT row FROM cursor WHERE mapping = ?"
SAVE_CURSOR: Final = "INSERT OR REPLACE INTO cursor (mapping, row) VALUES (?, ?)"
ASK: Final = """
    INSERT INTO fetch (mapping, id, reason, not_before_us) VALUES (?, ?, ?, ?)
    ON CONFLICT (mapping, id) DO UPDATE SET
        reason = excluded.reason, not_before_us = min(not_before_us, excluded.not_before_us)"""
ASKED: Final = """
    SELECT mapping, id, reason, not_before_us FROM fetch
    WHERE mapping = ? AND not_before_us <= ? ORDER BY not_before_us, id LIMIT ?"""
ANSWERED: Final = "DELETE FROM fetch WHERE mapping = ? AND id = ?"
NEXT_FETCH: Final = "SELECT min(not_before_us) FROM fetch"
SAVE_REVIEW: Final = "INSERT OR REPLACE INTO review (id, concept, row) VALUES (?, ?, ?)"
CLOSE_REVIEW: Final = "DELETE FROM review WHERE id = ?"
REVIEWS: Final = "SELECT row FROM review WHERE ?1 IS NULL OR concept = ?1 ORDER BY id"
SAVE_DECISION: Final = "INSERT OR REPLACE INTO decision (concept, a, b, todo, row) VALUES (?, ?, ?, ?, ?)"
DECISIONS: Final = """
    SELECT concept, a, b, todo, row FROM decision WHERE concept = ? AND (a, b) > (?, ?) ORDER BY a, b LIMIT ?"""
OPEN_DECISIONS: Final = """
    SELECT concept, a, b, todo, row FROM decision
    WHERE todo <> 0 AND concept = ? AND (a, b) > (?, ?) ORDER BY a, b LIMIT ?"""
DECISIONS_ON: Final = """
    SELECT d.concept, d.a, d.b, d.todo, d.row FROM temp.wanted w
    CROSS JOIN decision d ON d.concept = ?1 AND d.a = w.a UNION
    SELECT d.concept, d.a, d.b, d.todo, d.row FROM temp.wanted w
    CROSS JOIN decision d ON d.concept = ?1 AND d.b = w.a ORDER BY 2, 3"""
META: Final = "SELECT value FROM meta WHERE name = ?"
SAVE_META: Final = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
BEGIN_RUN: Final = "INSERT INTO run (kind, fingerprint, began_us) VALUES (?, ?, ?)"
END_RUN: Final = "UPDATE run SET ended_us = ?, summary = ? WHERE run = ?"
RUNS: Final = "SELECT run, kind, fingerprint, began_us, ended_us, summary FROM run ORDER BY run DESC LIMIT ?"

# history

LAST_EVENT: Final = "SELECT coalesce(max(seq), 0) FROM event"
ADD_EVENT: Final = """
    INSERT INTO event (seq, golden, record, run, at_us, kind, property, rule) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_EVENT_VALUE: Final = "INSERT INTO event_value (seq, row) VALUES (?, ?)"
HISTORY: Final = """
    SELECT e.golden, e.record, e.run, e.at_us, e.kind, e.property, e.rule, v.row
    FROM event e LEFT JOIN event_value v ON v.seq = e.seq
    WHERE {where} ORDER BY e.seq DESC LIMIT ?"""
HISTORY_WHERE: Final = {
    "golden": "e.golden = ?",
    "record": "e.record = ? AND e.record <> ''",
    "run": "e.run = ? AND e.run <> 0",
}
HISTORY_ALL: Final = "true"

# removing

REMOVE_SEEN: Final = "DELETE FROM seen WHERE mapping = ? AND id = ?"
REMOVE_RECORD_KEYS: Final = "DELETE FROM match_key WHERE mapping = ? AND id = ?"
REMOVE_GOLDEN_LINKS: Final = "DELETE FROM link WHERE golden = (SELECT number FROM golden WHERE id = ?)"
REMOVE_GOLDEN: Final = "DELETE FROM golden WHERE id = ?"
REMOVE_MAPPING: Final = tuple(
    f"DELETE FROM {table} WHERE mapping = ?" for table in ("seen", "link", "match_key", "fetch", "cursor")
)
REMOVE_DECISION: Final = "DELETE FROM decision WHERE concept = ? AND a = ? AND b = ?"
PRUNE_PAYLOADS: Final = """
    DELETE FROM event_value WHERE seq IN (SELECT seq FROM event WHERE kind = 'deleted' AND at_us < ?)
"""
PRUNE_VALUES: Final = "DELETE FROM event_value WHERE seq IN (SELECT seq FROM event WHERE at_us < ?)"
PRUNE_EVENTS: Final = "DELETE FROM event WHERE at_us < ?"
PRUNE_RUNS: Final = "DELETE FROM run WHERE began_us < ? AND run < (SELECT max(run) FROM run)"
REMOVE_EVENT_VALUES: Final = """
    DELETE FROM event_value WHERE seq IN (
        SELECT seq FROM event WHERE golden = ? UNION SELECT seq FROM event WHERE record = ? AND record <> '')"""
RENAME_EVENTS: Final = (
    "UPDATE event SET golden = ? WHERE golden = ?",
    "UPDATE event SET record = ? WHERE record = ? AND record <> ''",
)

# census

COUNT_SEEN: Final = "SELECT mapping, count(*) FROM seen GROUP BY mapping"
COUNT_UNLINKED: Final = """
    SELECT mapping, standing, count(*) FROM seen INDEXED BY seen_unlinked
    WHERE standing <> 3 GROUP BY mapping, standing"""
COUNT_FLAGS: Final = "SELECT mapping, flags, count(*) FROM link WHERE flags <> 0 GROUP BY mapping, flags"
COUNT_GOLDEN: Final = "SELECT concept, count(*) FROM golden GROUP BY concept"
