"""Seeded bugs in what is made of news: edits, echoes, representations, conflicts, first links (S4-S6, M1-M6)."""

from tests.mutants.mutant import Mutant

__all__ = ["MERGING"]

NEWS = "core/merging/news.py"
FIRST = "core/merging/first.py"
CLAIMS = "core/claims.py"
WORK = "core/work.py"
STAMPS = "core/stamps.py"

CONFIRMED = "    if raw == sent.raw and suspect is None:\n        work.agree(link, column, raw, sent.stamp)\n"
RESOLVED = (
    "    elif value == ours or value == normal_of(row, ours) or untouched:\n"
    "        work.agree(link, column, raw, sent.stamp)\n"
)
ASIDE = (
    "        link.suspects[column] = Suspect("
    "raw=raw, time_us=time_us, base=base, sent=sent, on=on, acked=applied)\n"
)

MERGING = (
    Mutant(
        "confirmed-on-golden-now",
        "M1",
        "A confirmed write agrees on the golden revision of now, not on the one that was sent.",
        NEWS,
        CONFIRMED,
        CONFIRMED.replace("sent.stamp", "work.golden.stamp[row.property]"),
    ),
    Mutant(
        "unknown-difference-is-ours",
        "S5",
        "A difference found after a write of unknown outcome is taken for a representation of ours.",
        NEWS,
        ASIDE,
        "        work.agree(link, column, raw, sent.stamp)\n",
    ),
    Mutant(
        "unknown-difference-is-an-edit",
        "S5",
        "A difference found after a write of unknown outcome is taken for somebody's edit.",
        NEWS,
        ASIDE,
        "        work.edit(link, column, raw, value, edit_time_us(link, seen), base)\n",
    ),
    Mutant(
        "suspect-dropped",
        "S5",
        "What was kept aside while a write was unresolved is forgotten when the write is repeated.",
        NEWS,
        "    if suspect is None or work.get(row, suspect.raw) == value:\n        return\n",
        "    return\n",
    ),
    Mutant(
        "normalised-is-an-edit",
        "S5",
        "A declared normalisation is not known when our own write comes back.",
        NEWS,
        "    return value if row.normal is None or value is None or value is MISSING else row.normal(value)\n",
        "    return value\n",
    ),
    Mutant(
        "representation-is-an-edit",
        "S5",
        "What a system makes of our value, told in the reply to our write, is taken for an edit.",
        NEWS,
        '        work.note("representation", link, row.property, value=value, stamp=sent.stamp)\n',
        "        work.edit(link, column, raw, value, work.context.now_us, sent.stamp)\n",
    ),
    Mutant(
        "shadow-is-what-we-wrote",
        "S5",
        "The shadow is the value that was sent, not the one that the system shows.",
        NEWS,
        '    else:\n        work.agree(link, column, raw, sent.stamp)\n        work.note("representation"',
        '    else:\n        work.agree(link, column, sent.raw, sent.stamp)\n        work.note("representation"',
    ),
    Mutant(
        "ignored-write-agrees",
        "S5, W9",
        "A system that answers a write with the value from before is taken to hold ours.",
        NEWS,
        "    elif value is None or (suspect is None and value == old):\n",
        "    elif False:\n",
    ),
    Mutant(
        "sent-values-forgotten",
        "S4, W4",
        "An open write is not looked at when its record is seen again: every difference is an edit.",
        NEWS,
        "        if write is not None and column in write.sent:\n            if ended:\n",
        "        if write is not None and column in write.sent and write.kind == 'create':\n            if ended:\n",
    ),
    Mutant(
        "one-property-proves-all",
        "W4",
        "One equal property proves that all that was sent with it was applied.",
        NEWS,
        RESOLVED,
        RESOLVED.replace(
            "untouched", "any(seen.raw[c] == s.raw != link.raw[c] for c, s in write.sent.items())"
        ),
    ),
    Mutant(
        "reply-taken-whole",
        "S6",
        "All that a reply shows becomes the shadow, also what somebody else changed meanwhile.",
        NEWS,
        "    elif write.version is not None:\n        work.side_effect(link, column, raw, value)\n",
        "    else:\n        link.raw[column] = raw\n        return\n    if write.version is not None:\n        pass\n",
    ),
    Mutant(
        "side-effect-is-an-edit",
        "S6",
        "What a system computed while it applied our write competes like an edit.",
        WORK,
        "        if is_side_effect(decided):\n",
        "        if self.note('side_effect', link, property_, value=value) is None:\n"
        "            self.edit(link, column, raw, value, self.context.now_us, link.base[column])\n"
        "        elif is_side_effect(decided):\n",
    ),
    Mutant(
        "loser-not-kept",
        "M4",
        "The value that loses a conflict is not written to the history.",
        WORK,
        "        for fate, lost in self._merge(column, claim, was):\n",
        "        for fate, lost in self._merge(column, claim, was)[:0]:\n",
        laws="m4",
    ),
    Mutant(
        "write-time-is-edit-time",
        "M3",
        "The modification time that our own write stamped dates somebody's edit.",
        NEWS,
        "    ours = seen.told_us == link.own_modified_us and seen.version == link.own_version\n",
        "    ours = False\n",
        laws="own_write",
    ),
    Mutant(
        "acknowledged-time-is-edit-time",
        "M3",
        "The time that a write stamped which was only acknowledged dates somebody's edit.",
        NEWS,
        "        ours = ours or write.sent_us <= seen.modified_us <= link.confirmed_us\n",
        "        pass\n",
        laws="m3_an_ack",
    ),
    Mutant(
        "reply-makes-a-stamp",
        "M3",
        "A confirmed write dates the golden value anew.",
        NEWS,
        CONFIRMED,
        CONFIRMED
        + "        later = sent.stamp._replace(time_us=work.context.now_us)\n"
        + "        if work.golden.stamp[row.property] == sent.stamp:\n"
        + "            work.golden.stamp[row.property] = link.base[column] = later\n",
    ),
    Mutant(
        "stamp-without-record",
        "M3",
        "Two edits of one moment have one stamp, whichever record and value they are of.",
        STAMPS,
        "        return Stamp(time_us, 0, priority, record, order)\n",
        "        return Stamp(time_us, 0, 0, '', 0)\n",
        laws="order",
    ),
    Mutant(
        "raw-time-is-stamp",
        "M1, M3",
        "An edit is dated by its clock alone, though it was made on top of a later value.",
        STAMPS,
        "    return Stamp(base.time_us, _next_even(base.tick), priority, record, order)\n",
        "    return Stamp(time_us, 0, priority, record, order)\n",
        laws="order",
    ),
    Mutant(
        "decision-goes-back",
        "M2",
        "A decision that the newest of several claims wins bears the stamp of that claim.",
        CLAIMS,
        "    if len(claims) == 1:\n",
        "    if winner.stamp == newest.stamp:\n",
        laws="a_decision_never_goes_back",
    ),
    Mutant(
        "edit-beside-a-decision",
        "M2",
        "What is edited on a claim stands beside what was decided of it in the same instant, not after that.",
        STAMPS,
        "    return (tick | 1) + 1\n",
        "    return tick + 1\n",
        laws="a_decision_never_goes_back",
    ),
    Mutant(
        "first-value-is-exact",
        "M3",
        "A first value competes as if the clock of its system were exact.",
        FIRST,
        "    if winner.by.error_us:  # what",
        "    if False:  # what",
        laws="first_values_compete",
    ),
    Mutant(
        "arrival-wins",
        "M2, S7",
        "The claim that arrives last wins.",
        CLAIMS,
        "    if claim.stamp <= now.stamp:\n",
        "    if claim.stamp == now.stamp:\n",
        laws="order",
    ),
    Mutant(
        "equal-keeps-old-stamp",
        "M1",
        "An equal claim does not count with its later time.",
        CLAIMS,
        "    golden.value[column], golden.stamp[column] = claim.value, claim.stamp\n    if now",
        "    if claim.value == now.value:\n        return []\n"
        "    golden.value[column], golden.stamp[column] = claim.value, claim.stamp\n    if now",
        laws="order",
    ),
    Mutant(
        "base-is-golden",
        "M1",
        "An edit is taken to be made on top of the golden value of now, not of its record's own base.",
        WORK,
        "        stamp = edit_stamp(time_us, base, mapping.priority, record, value_order(value))\n        link.raw",
        "        stamp = edit_stamp(time_us, self.golden.stamp[property_], mapping.priority, record,"
        " value_order(value))\n        link.raw",
        laws="order",
    ),
    Mutant(
        "pairwise-claims",
        "M2",
        "Rivals are forgotten once decided: claims are merged in pairs.",
        CLAIMS,
        "    golden.rivals[column] = standing\n",
        "    golden.rivals[column] = [winner]\n",
        laws="order",
    ),
    Mutant(
        "nothing-superseded",
        "M2",
        "Claims compete for ever, also with those that were made on top of them.",
        CLAIMS,
        "for c in claims if not any(c.stamp <= other.base for other in claims)",
        "for c in claims",
        laws="order",
    ),
    Mutant(
        "changed-by-value",
        "M1",
        "*Ours changed* is told by value: one changed and changed back was no change.",
        "core/due/updates.py",
        "        link.same[column] = stamp  # in step without a write; the base stays (M1)\n",
        "        link.same[column] = link.base[column] = stamp\n",
        laws="order",
    ),
    Mutant(
        "null-wins-at-link",
        "M6",
        "A null beats a value at a first link.",
        FIRST,
        "    elif value is None:\n        shown.take(BOTTOM)\n",
        "",
        laws="m6",
    ),
    Mutant(
        "names-decide-first-link",
        "M6",
        "Where no priority is set, the order of systems decides a first link instead of a person.",
        FIRST,
        '    if work.concept.first_link == "ask" or not work.concept.prioritised:\n        return None\n',
        "",
        laws="m6",
    ),
    Mutant(
        "put-back-edit-unnoted",
        "M4",
        "A value put back while a write was unresolved is not noted.",
        NEWS,
        '    else:\n        work.note("unknown", link, row.property, value=work.get(row, sent.raw))\n',
        "",
        laws="put_back",
    ),
)
