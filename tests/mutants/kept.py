"""Seeded bugs in rules that laws of their own prove (S1, L2, L10, M7, M9, W5, W14, K1, G6, C4, C5, P2)."""

from tests.mutants.mutant import Mutant

__all__ = ["KEPT"]

NEWS = "core/merging/news.py"
LINK = "core/link.py"

KEPT = (
    Mutant(
        "spelling-is-an-edit",
        "S1",
        "Another spelling of an equal value is taken for an edit.",
        NEWS,
        "    elif value == work.get(row, link.raw[column]):\n        link.raw[column] = raw  # another",
        "    elif False:\n        link.raw[column] = raw  # another",
        laws="s1_another_spelling",
    ),
    Mutant(
        "version-noise-is-a-change",
        "S1",
        "A record with a new version and the values from before counts as edited.",
        NEWS,
        "    if suspect is None and raw == link.raw[column]:\n        return\n",
        "    if suspect is None and raw == link.raw[column]:\n"
        "        if raw is not None and row.reads and seen.version != link.own_version:\n"
        "            work.edit(link, column, raw, work.get(row, raw), edit_time_us(link, seen), link.base[column])\n"
        "        return\n",
        laws="s1_a_new_version",
    ),
    Mutant(
        "common-value-matches",
        "L2",
        "A value that more than `max_share` records of one entity type bear still joins them.",
        LINK,
        "    return max(Counter(m.mapping for m in group.members).values()) > rule.max_share\n",
        "    return False\n",
        laws="l2_what_too_many",
    ),
    Mutant(
        "empty-part-matches",
        "L2",
        "A combination with an empty part matches by the rest of it.",
        "core/matching/keys.py",
        "    alternatives = [_texts(normalise, values[column]) for column, normalise in rule.parts]\n",
        "    alternatives = [_texts(normalise, values[column]) or [''] for column, normalise in rule.parts]\n",
        laws="l2_a_combination",
    ),
    Mutant(
        "veto-not-asked",
        "L10",
        "What differs in a veto property is linked all the same.",
        LINK,
        "        return bool(self.rule.vetoes) and any(\n",
        "        return False and any(\n",
        laws="l10_a_veto",
    ),
    Mutant(
        "veto-of-the-absent",
        "L10",
        "A veto property that only one side has parts the two.",
        "core/matching/keys.py",
        "    return any(x is not None and y is not None and x != y for",
        "    return any(x != y for",
        laws="l10_a_veto",
    ),
    Mutant(
        "origin-is-the-last-seen",
        "M7",
        "A golden value names its golden record instead of the record that it comes from.",
        "core/work.py",
        '        record = record_key(link.mapping, link.id or "")\n        stamp = edit_stamp(',
        "        record = link.golden\n        stamp = edit_stamp(",
        laws="m7_a_golden",
    ),
    Mutant(
        "copy-is-read-back",
        "M9, W14",
        "What stands in a property that is only written is taken for an edit.",
        NEWS,
        "    if not row.reads:\n        _written_only(work",
        "    if False:\n        _written_only(work",
        laws="m9_a_copy",
    ),
    Mutant(
        "one-way-reverted",
        "W14",
        "An edit of a property that is only written is reverted, enforced or not.",
        NEWS,
        "    if row.enforce and value != work.get(row, link.raw[column]):\n",
        "    if value != work.get(row, link.raw[column]):\n",
        laws="w14_what_is",
    ),
    Mutant(
        "reference-before-its-target",
        "W5",
        "A create is sent before the record that it refers to exists there.",
        "core/due.py",
        "    return any(h.waits_for and (not alone or h.property in columns) for h in work.holds[before:])\n",
        "    return False\n",
        laws="w5_a_create_waits",
    ),
    Mutant(
        "unconfirmed-plan-carried-out",
        "K1",
        "A new configuration is carried out before anybody has confirmed its plan.",
        "runtime/sync.py",
        "            if not synced.plan.empty:\n",
        "            if False:\n",
        laws="k1_nothing",
    ),
    Mutant(
        "plan-not-kept-to",
        "G6",
        "A run of a plan writes all that is due.",
        "runtime/cycle.py",
        "        part = allowed(due) if may is None or due.again or may(due) else None\n",
        "        part = allowed(due)\n",
        laws="g6_a_run",
    ),
    Mutant(
        "every-read-is-full",
        "C4",
        "Each cycle lists all records.",
        "runtime/collect.py",
        "    sweep = full or not cursor.complete or not declaration.incremental or due\n",
        "    sweep = True\n",
        laws="c4_an_idle",
    ),
    Mutant(
        "token-for-each-call",
        "C5",
        "Every call that finds the token over asks for a new one.",
        "connectors/rest/oauth.py",
        "                if known and known.access and known.access != refused and not self._is_over(known):\n",
        "                if False:\n",
        laws="c5_a_token",
    ),
    Mutant(
        "refusal-repeats-the-value",
        "P2",
        "A message repeats the value that it refuses.",
        "core/types.py",
        '    return ValueError(f"not a value of type {expected}: {type(value).__name__}{length}")\n',
        '    return ValueError(f"not a value of type {expected}: {value!r}{length}")\n',
        laws="p2_no",
    ),
)
