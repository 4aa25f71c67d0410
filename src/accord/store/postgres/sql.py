"""All SQL of the PostgreSQL store: one statement per name, for PostgreSQL 13 and later.

Lists are arrays; so a statement is the same for any number of rows. A connection keeps the order of joins as written
and goes by indexes (`database.SETTINGS`), whatever the statistics of a young table say.
"""
# ruff: noqa: S608 (statements are put together from one another alone, never from data)

from typing import Final

from accord.core.state import LEFT_OUT
from accord.store.standing import Standing


def _at(table: str, name: str, where: str) -> str:
    """What belongs to each of the rows before it. OFFSET 0 keeps the planner from reading more of the table at once,
    which is no dearer as long as it is empty."""
    return f"CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE {where} OFFSET 0) {name}"


def _delete(table: str, rows: str, where: str) -> str:
    """Deletes what belongs to each of the rows asked for, found likewise."""
    found = f"SELECT t.ctid AS at FROM {table} t WHERE {where} OFFSET 0"
    return f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT d.at FROM {rows} CROSS JOIN LATERAL ({found}) d))"


# transactions

FENCE: Final = "SELECT fence($1, $2)"
LOCK: Final = " FOR NO KEY UPDATE"

# seen

_SEEN: Final = "s.mapping, s.id, s.golden, s.held, s.asked_us, s.row"

SEEN: Final = (
    f"SELECT {_SEEN} FROM unnest($2::text[]) w(id) {_at('seen', 's', 't.mapping = $1 AND t.id = w.id')}"
)
SAVE_SEEN: Final = """
    INSERT INTO seen (mapping, id, golden, held, standing, asked_us, row)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[])
    ON CONFLICT (mapping, id) DO UPDATE SET
        golden = excluded.golden, held = excluded.held, standing = excluded.standing, asked_us = excluded.asked_us,
        row = excluded.row"""
SCAN_SEEN: Final = f"SELECT {_SEEN} FROM seen s WHERE mapping = $1 AND id > $2 ORDER BY id LIMIT $3"
SCAN_STANDING: Final = f"""
    SELECT {_SEEN} FROM seen s
    WHERE standing <> 3 AND mapping = $2 AND standing = $1 AND id > $3 ORDER BY id LIMIT $4"""
UNSWEPT: Final = """
    SELECT id FROM seen WHERE mapping = $1 AND asked_us < $2 AND id > $3 AND standing <> 4 ORDER BY id LIMIT $4"""

# match keys

TOUCH: Final = """
    INSERT INTO touched_key AS t (concept, rule, key)
    SELECT $1, w.rule, w.key FROM unnest($2::text[], $3::text[]) w(rule, key)
    ON CONFLICT (concept, rule, key) DO UPDATE SET passing = t.passing WHERE false"""
HOLD: Final = """
    INSERT INTO touched_key AS t (concept, rule, key, passing)
    SELECT $1, w.rule, w.key, true FROM unnest($2::text[], $3::text[]) w(rule, key)
    ON CONFLICT (concept, rule, key) DO UPDATE SET passing = t.passing WHERE false"""
HELD: Final = _delete(
    "touched_key",
    "unnest($2::text[], $3::text[]) w(rule, key)",
    "t.concept = $1 AND t.rule = w.rule AND t.key = w.key AND t.passing",
)
UNTOUCH: Final = _delete(
    "touched_key", "unnest($3::text[]) w(key)", "t.concept = $1 AND t.rule = $2 AND t.key = w.key"
)
REMOVE_KEYS: Final = _delete(
    "match_key",
    "unnest($2::text[], $3::text[], $4::text[], $5::text[]) w(rule, key, mapping, id)",
    "t.concept = $1 AND t.rule = w.rule AND t.key = w.key AND t.mapping = w.mapping AND t.id = w.id",
)
ADD_KEYS: Final = """
    INSERT INTO match_key (concept, rule, key, mapping, id)
    SELECT $1, w.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) w
    ON CONFLICT DO NOTHING"""
DROP_TOUCHED: Final = "DELETE FROM touched_key WHERE concept = $1"
DROP_KEYS: Final = "DELETE FROM match_key WHERE concept = $1"
TOUCHED: Final = """
    SELECT key FROM touched_key WHERE concept = $1 AND rule = $2 AND key > $3 ORDER BY key LIMIT $4"""
GROUPS: Final = f"""
    SELECT w.place, m.* FROM unnest($2::text[], $3::text[]) WITH ORDINALITY w(rule, key, place) CROSS JOIN LATERAL (
        SELECT s.mapping, s.id, s.golden,
            CASE s.standing WHEN {Standing.EXCLUDED.value} THEN '{LEFT_OUT}' ELSE s.held END
        FROM match_key k {_at("seen", "s", "t.mapping = k.mapping AND t.id = k.id AND t.standing <> 4")}
        WHERE k.concept = $1 AND k.rule = w.rule AND k.key = w.key ORDER BY k.mapping, k.id LIMIT $4) m"""

# golden records and links

_LINK: Final = "g.id, l.mapping, l.incarnation, l.id, l.life, l.row"
_WANTED: Final = f"unnest($1::text[]) w(id) {_at('golden', 'g', 't.id = w.id')}"
_LINKED: Final = f"{_WANTED} {_at('link', 'l', 't.golden = g.number')}"
HOLD_GOLDENS: Final = """
    INSERT INTO mark (mark, golden, tx)
    SELECT 'lock', w.id, '3' FROM unnest($1::text[]) w(id)
    WHERE NOT EXISTS (SELECT FROM golden g WHERE g.id = w.id OFFSET 0)
    ON CONFLICT DO NOTHING"""
HELD_GOLDENS: Final = _delete("mark", "unnest($1::text[]) w(id)", "t.mark = 'lock' AND t.golden = w.id")
LOCK_GOLDENS: Final = """
    SELECT count(*) FROM unnest($1::text[]) w(id)
    CROSS JOIN LATERAL (SELECT t.id FROM golden t WHERE t.id = w.id FOR NO KEY UPDATE) g"""
GOLDENS: Final = f"SELECT g.id, g.concept, g.row FROM {_WANTED}"
LINKS: Final = f"SELECT {_LINK} FROM {_LINKED}"
LINKS_OF: Final = (
    f"SELECT {_LINK} FROM {_WANTED} {_at('link', 'l', 't.golden = g.number AND t.mapping = $2')}"
)
LINKED_SEEN: Final = (
    f"SELECT g.id, {_SEEN} FROM {_LINKED} {_at('seen', 's', 't.mapping = l.mapping AND t.id = l.id')}"
)
SAVE_GOLDENS: Final = """
    INSERT INTO golden (id, concept, row) SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])
    ON CONFLICT (id) DO UPDATE SET concept = excluded.concept, row = excluded.row"""
SAVE_LINKS: Final = f"""
    INSERT INTO link (golden, mapping, incarnation, id, life, flags, row)
    SELECT g.number, w.mapping, w.incarnation, w.id, w.life, w.flags, w.row
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bytea[])
        w(golden, mapping, incarnation, id, life, flags, row) {_at("golden", "g", "t.id = w.golden")}
    ON CONFLICT (golden, mapping, incarnation) DO UPDATE SET
        id = excluded.id, life = excluded.life, flags = excluded.flags, row = excluded.row"""
SCAN_GOLDEN: Final = """
    SELECT id, concept, row FROM golden WHERE concept = $1 AND id > $2 ORDER BY id LIMIT $3"""
OPEN_LINKS: Final = f"""
    SELECT DISTINCT g.id FROM (SELECT golden FROM link WHERE flags <> 0 AND flags & 1 <> 0 AND mapping = $1 OFFSET 0) l
    {_at("golden", "g", "t.number = l.golden")} WHERE g.id > $2 ORDER BY g.id LIMIT $3"""
REJECTED: Final = f"""
    SELECT {_LINK} FROM (SELECT * FROM link WHERE flags <> 0 AND flags & 2 <> 0 OFFSET 0) l
    {_at("golden", "g", "t.number = l.golden")} ORDER BY g.id, l.mapping, l.incarnation LIMIT $1"""
LINKED: Final = """
    SELECT count(*) FROM (
        SELECT 1 FROM link WHERE mapping = $1 AND life = 'live' AND id IS NOT NULL ORDER BY id LIMIT $2) counted"""
GOLDEN_OF: Final = f"""
    SELECT w.mapping, w.id, max(g.id) FROM unnest($1::text[], $2::text[]) w(mapping, id)
    {_at("link", "l", "t.mapping = w.mapping AND t.id = w.id AND t.id IS NOT NULL AND t.life = 'live'")}
    {_at("golden", "g", "t.number = l.golden")} GROUP BY 1, 2"""
REMOTE_OF: Final = f"""
    SELECT w.mapping, w.golden, l.id, l.incarnation FROM unnest($1::text[], $2::text[]) w(mapping, golden)
    {_at("golden", "g", "t.id = w.golden")}
    {_at("link", "l", "t.golden = g.number AND t.mapping = w.mapping")} WHERE l.life = 'live' AND l.id IS NOT NULL"""
BEGUN: Final = "SELECT set_config('accord.begun', pg_current_snapshot()::text, true)"
"""What a writing transaction could see when it began: the marks that are its own to take away."""
MARK: Final = """
    INSERT INTO mark (mark, golden) SELECT $1, w.id FROM unnest($2::text[]) w(id) ON CONFLICT DO NOTHING"""
UNMARK: Final = _delete(
    "mark",
    "unnest($2::text[]) w(id)",
    """t.mark = $1 AND t.golden = w.id AND (t.tx = pg_current_xact_id()
    OR pg_visible_in_snapshot(t.tx, current_setting('accord.begun')::pg_snapshot))""",
)
MARKED: Final = "SELECT DISTINCT golden FROM mark WHERE mark = $1 AND golden > $2 ORDER BY golden LIMIT $3"

# references

REMOVE_REFERENCES: Final = "DELETE FROM reference WHERE golden = $1 AND target <> ALL ($2::text[])"
ADD_REFERENCES: Final = """
    INSERT INTO reference (golden, target) SELECT $1, w.target FROM unnest($2::text[]) w(target)
    ON CONFLICT DO NOTHING"""
DEPENDANTS: Final = f"""
    SELECT DISTINCT r.golden FROM unnest($1::text[]) w(target) {_at("reference", "r", "t.target = w.target")}"""
# the rest of the hub

CURSOR: Final = "SELECT row FROM cursor WHERE mapping = $1"
SAVE_CURSOR: Final = """
    INSERT INTO cursor (mapping, row) VALUES ($1, $2) ON CONFLICT (mapping) DO UPDATE SET row = excluded.row"""
ASK: Final = """
    INSERT INTO "fetch" AS f (mapping, id, reason, not_before_us)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    ON CONFLICT (mapping, id) DO UPDATE SET
        reason = excluded.reason, not_before_us = least(f.not_before_us, excluded.not_before_us)"""
ASKED: Final = """
    SELECT mapping, id, reason, not_before_us FROM "fetch"
    WHERE mapping = $1 AND not_before_us <= $2 ORDER BY not_before_us, id LIMIT $3"""
ANSWERED: Final = _delete('"fetch"', "unnest($2::text[]) w(id)", "t.mapping = $1 AND t.id = w.id")
NEXT_FETCH: Final = 'SELECT min(not_before_us) FROM "fetch"'
SAVE_REVIEWS: Final = """
    INSERT INTO review (id, concept, row) SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])
    ON CONFLICT (id) DO UPDATE SET concept = excluded.concept, row = excluded.row"""
CLOSE_REVIEWS: Final = _delete("review", "unnest($1::text[]) w(id)", "t.id = w.id")
REVIEWS: Final = "SELECT row FROM review WHERE $1::text IS NULL OR concept = $1 ORDER BY id"
SAVE_DECISIONS: Final = """
    INSERT INTO decision (concept, a, b, todo, row)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::bytea[])
    ON CONFLICT (concept, a, b) DO UPDATE SET todo = excluded.todo, row = excluded.row"""
_DECISION: Final = "d.concept, d.a, d.b, d.todo, d.row"
DECISIONS: Final = f"""
    SELECT {_DECISION} FROM decision d WHERE concept = $1 AND (a, b) > ($2, $3) ORDER BY a, b LIMIT $4"""
OPEN_DECISIONS: Final = f"""
    SELECT {_DECISION} FROM decision d WHERE todo AND concept = $1 AND (a, b) > ($2, $3) ORDER BY a, b LIMIT $4"""
DECISIONS_ON: Final = f"""
    SELECT {_DECISION} FROM unnest($2::text[]) w(key) {_at("decision", "d", "t.concept = $1 AND t.a = w.key")}
    UNION SELECT {_DECISION} FROM unnest($2::text[]) w(key) {_at("decision", "d", "t.concept = $1 AND t.b = w.key")}
    ORDER BY 2, 3"""
SEALED: Final = "SELECT sealed FROM token WHERE name = $1"
SAVE_SEALED: Final = """
    INSERT INTO token (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed"""
DROP_SEALED: Final = "DELETE FROM token WHERE name = $1"
META: Final = "SELECT value FROM meta WHERE name = $1"
SAVE_META: Final = """
    INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
KEEP_META: Final = "SELECT keep($1, $2, $3)"
LOCK_RUNS: Final = "LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE"
BEGIN_RUN: Final = """
    INSERT INTO run (run, kind, fingerprint, began_us)
    SELECT coalesce(max(run), 0) + 1, $1, $2, $3 FROM run RETURNING run"""
END_RUN: Final = "UPDATE run SET ended_us = $1, summary = $2 WHERE run = $3"
RUNS: Final = "SELECT run, kind, fingerprint, began_us, ended_us, summary FROM run ORDER BY run DESC LIMIT $1"

# history

ADD_EVENTS: Final = """
    INSERT INTO event (golden, record, run, at_us, kind, property, rule, row)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
        $8::bytea[])"""
HISTORY: Final = """
    SELECT golden, record, run, at_us, kind, property, rule, row FROM event
    WHERE {where} ORDER BY seq DESC LIMIT $1"""
HISTORY_WHERE: Final = {
    "golden": "golden = {given}",
    "record": "record = {given} AND record <> ''",
    "run": "run = {given} AND run <> 0",
}
HISTORY_ALL: Final = "true"

# removing

REMOVE_SEEN: Final = tuple(
    _delete(table, "unnest($1::text[], $2::text[]) w(mapping, id)", "t.mapping = w.mapping AND t.id = w.id")
    for table in ("match_key", "seen", '"fetch"')
)
REMOVE_GOLDENS: Final = (
    _delete(
        "mark",
        "unnest($1::text[]) w(id) CROSS JOIN unnest($2::text[]) m(mark)",
        "t.mark = m.mark AND t.golden = w.id",
    ),
    _delete("reference", "unnest($1::text[]) w(id)", "t.golden = w.id AND $2::text[] IS NOT NULL"),
    _delete("link", _WANTED, "t.golden = g.number AND $2::text[] IS NOT NULL"),
    _delete("golden", "unnest($1::text[]) w(id)", "t.id = w.id AND $2::text[] IS NOT NULL"),
)
REMOVE_MAPPING: Final = tuple(
    f'DELETE FROM "{table}" WHERE mapping = $1' for table in ("seen", "link", "match_key", "fetch", "cursor")
)
REMOVE_DECISIONS: Final = _delete(
    "decision", "unnest($2::text[], $3::text[]) w(a, b)", "t.concept = $1 AND t.a = w.a AND t.b = w.b"
)
PRUNE_PAYLOADS: Final = (
    "UPDATE event SET row = NULL WHERE kind = 'deleted' AND at_us < $1 AND row IS NOT NULL"
)
PRUNE_EVENTS: Final = "DELETE FROM event WHERE at_us < $1"
PRUNE_RUNS: Final = "DELETE FROM run WHERE began_us < $1 AND run < (SELECT max(run) FROM run)"
REDACT: Final = (
    """UPDATE event e SET row = NULL, golden = w.new FROM unnest($1::text[], $2::text[]) w(old, new)
    WHERE e.golden = w.old""",
    """UPDATE event e SET row = NULL, record = w.new FROM unnest($1::text[], $2::text[]) w(old, new)
    WHERE e.record = w.old AND e.record <> ''""",
)

# census

COUNT_SEEN: Final = "SELECT mapping, standing, count(*) FROM seen GROUP BY mapping, standing"
COUNT_FLAGS: Final = "SELECT mapping, flags, count(*) FROM link WHERE flags <> 0 GROUP BY mapping, flags"
COUNT_GOLDEN: Final = "SELECT concept, count(*) FROM golden GROUP BY concept"
