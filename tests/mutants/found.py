"""Bugs that the simulated world found, seeded again."""

from tests.mutants.mutant import Mutant

__all__ = ["FOUND"]

INTAKE = "core/intake.py"
SETTLE = "core/settle.py"

FOUND = (
    Mutant(
        "partial-listing-not-fetched",
        "S3, M4",
        "A partial listing of a record that moved on is taken as it is; what it leaves out is never read.",
        INTAKE,
        '        if stale == "new" and _leaves_out(seen, observation, mapping):\n            stale = "hint"\n',
        "",
    ),
    Mutant(
        "unread-record-written-over",
        "M4, M6",
        "A record that was only listed in part is written over before it is fetched.",
        "core/due.py",
        "    if work.is_unread(link):\n        work.hold",
        "    if False:\n        work.hold",
    ),
    Mutant(
        "create-from-an-unread-record",
        "M6, W8",
        "A record that was only listed in part is created elsewhere, without what it holds.",
        "core/due.py",
        "    if any(work.is_unread(link) for link in work.cluster.links):\n",
        "    if False:\n",
        laws="s3_nothing",
    ),
    Mutant(
        "listing-proves-a-write-lost",
        "W4",
        "A trailing listing dates an earlier look by id anew, and so proves that a write did not land.",
        INTAKE,
        "            seen.fetched = False  # a listing may trail: it does not prove that a write has not landed (W4)\n",
        "            pass\n",
        worlds=1000,
    ),
    Mutant(
        "write-forgotten-at-death",
        "S4",
        "An update under way is forgotten when its record is deleted, and is an edit when that is back.",
        SETTLE,
        '    if link.open is not None and link.open.kind == "delete":\n',
        "    if link.open is not None:\n",
        worlds=1000,
    ),
    Mutant(
        "first-value-does-not-revive",
        "W8",
        "The first value of a record does not keep a golden record that is about to be deleted.",
        "core/merging/first.py",
        '    if golden.life == "dying":\n        _keep_alive(work, newcomers)\n',
        "",
        worlds=1000,
    ),
    Mutant(
        "linked-record-taken-for-a-create",
        "L1, G7",
        "A create that is answered with a record of another golden record takes it over.",
        "core/confirm.py",
        "        if seen.golden not in (None, link.golden) or _older_than(write, seen, mapping):\n",
        "        if _older_than(write, seen, mapping):\n",
    ),
    Mutant(
        "older-record-taken-for-a-create",
        "G7, W8",
        "A create that is answered with a record of long ago takes that for its own, gone or not.",
        "core/confirm.py",
        "        if seen.golden not in (None, link.golden) or _older_than(write, seen, mapping):\n",
        "        if seen.golden not in (None, link.golden):\n",
        worlds=1000,
    ),
    Mutant(
        "repeated-create-shows-our-write",
        "S5, W3",
        "The answer to a repeated create counts as the reply to our write, with what was edited since.",
        "core/confirm.py",
        '            if write.kind == "update" or write.sendings == 1:\n',
        "            if write.kind:\n",
    ),
    Mutant(
        "null-is-a-representation",
        "S5, W9",
        "Null for a value that was sent counts as what the system makes of it.",
        "core/merging/news.py",
        "    if value is None and ours is not None and (untouched or (suspect is not None and applied)):\n",
        "    if False:\n",
    ),
    Mutant(
        "found-create-taken-to-hold-all",
        "W8, W9",
        "A create that was found is taken to hold a value that its system ignores.",
        "core/merging/news.py",
        "    if link.base[column] == sent.stamp:\n        link.base[column] = BOTTOM",
        "    if False:\n        link.base[column] = BOTTOM",
        worlds=1000,
    ),
    Mutant(
        "unconditional-write-names-a-version",
        "S6, W4",
        "A write that binds nobody counts as one that can not land on another version.",
        "core/due.py",
        "    return seen.version if seen is not None and mapping.declaration.conditional else None\n",
        "    return seen.version if seen is not None else None\n",
        worlds=600,
    ),
    Mutant(
        "wait-mark-lost",
        "W13, W10",
        "A golden record that waits for a read of the target is not looked at after it.",
        "runtime/settling.py",
        '    await tx.mark("wait", [s.cluster.golden.id for s in settled if _waits(s)])\n',
        "",
    ),
)
