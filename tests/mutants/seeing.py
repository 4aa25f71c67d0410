"""Seeded bugs in what is taken in: order, echoes, cursors, what is gone (S1-S10, C2)."""

from tests.mutants.mutant import Mutant

__all__ = ["SEEING"]

INTAKE = "core/intake/__init__.py"
INTAKE_ABSENCE = "core/intake/absence.py"
INTAKE_ABSORB = "core/intake/absorb.py"
INTAKE_STALENESS = "core/intake/staleness.py"
COLLECT = "runtime/steps/collect.py"

SEEING = (
    Mutant(
        "older-not-dropped",
        "S7",
        "An observation with a lower version is taken like any other.",
        INTAKE_STALENESS,
        "    if ordered and _is_older(seen, observation):\n",
        "    if ordered and seen is None:\n",
        laws="test_s7_the_newest_version_stands or test_s7_an_observation_is_taken_dropped",
    ),
    Mutant(
        "other-token-is-newer",
        "S7",
        "Any token but the last one is taken as newer: superseded ones, and those of stale pages.",
        INTAKE_STALENESS,
        '        return "hint" if declaration.recurs else "old"\n    if seen.gone and',
        '        return "new"\n    if not ordered:\n        return "new"\n    if seen.gone and',
    ),
    Mutant(
        "recurring-token-dropped",
        "S7",
        "A version that comes back with its content is taken for a stale page, and the edit is lost.",
        INTAKE_STALENESS,
        '        return "hint" if declaration.recurs else "old"\n',
        '        return "old"\n',
        laws="test_s7_an_observation_is_taken_dropped",
    ),
    Mutant(
        "recurring-token-asked-about-for-ever",
        "S7",
        "A version that came back counts among those that are over, too: it is fetched in each run.",
        INTAKE_ABSORB,
        "[version for version in old if version != observation.version]",
        "old",
        laws="test_s7_an_observation_is_taken_dropped",
    ),
    Mutant(
        "writes-blindly",
        "W2",
        "A write that could name a version names none, where only reading the record would show it.",
        "core/due/updates.py",
        "    if due.version is not None or not bound or seen is None or seen.fetched:\n",
        "    if True:\n",
        laws="test_w2_a_write_that_could_name",
    ),
    Mutant(
        "stale-page-taken",
        "S7",
        "A page that was asked for before our last write was confirmed is taken, though listings lag.",
        INTAKE_STALENESS,
        "    early = asked_us < max(timing.confirmed_us + lag_us, timing.sent_us, seen.asked_us)\n",
        "    early = False\n",
        laws="s7",
    ),
    Mutant(
        "stale-page-revives",
        "S7, S10",
        "A listing that still shows a deleted record takes the mark *deleted* away.",
        INTAKE_STALENESS,
        '    if seen.gone and how != "fetch":\n        return "hint"',
        '    if False:\n        return "hint"',
        laws="s7",
    ),
    Mutant(
        "tombstone-of-stranger-forgotten",
        "S7",
        "A tombstone of a record that was never seen is not remembered.",
        INTAKE_ABSENCE,
        '        if not proven and not (observation.proven and observation.how == "fetch"):',
        "        if True:",
    ),
    Mutant(
        "absence-proves",
        "S10",
        "A record that one answer does not find is gone, proven or not.",
        INTAKE_ABSENCE,
        '    proven = observation.proven and observation.gone in ("deleted", "merged")\n',
        '    proven = observation.gone in ("deleted", "merged", "missing")\n',
    ),
    Mutant(
        "one-404-proves",
        "S10",
        "One look without finding is enough; nobody looks a second time.",
        INTAKE_ABSENCE,
        "    if not proven and seen.missing_us is None:\n",
        "    if not proven and not observation.proven and seen.missing_us is None:\n",
        laws="s10",
    ),
    Mutant(
        "no-canary",
        "S10",
        "A 404 proves that a record is gone, also while no other record can be read.",
        COLLECT,
        "        proven = any(not o.gone for o in observations) or "
        "await _canary(hub, mapping, {f.id for f in asked})\n",
        "        proven = True\n",
    ),
    Mutant(
        "empty-page-deletes",
        "S10",
        "What a sweep does not show is taken as deleted.",
        COLLECT,
        "    await tx.ask(Fetch(mapping.key, id_, NOT_LISTED, now_us + lag_us) for id_ in ids)\n",
        "    gone = [Observation(mapping=mapping.key, id=i, how='feed', asked_us=now_us + lag_us, gone='deleted',"
        " proven=True) for i in ids]\n"
        "    await take_in(hub, tx, mapping, gone)\n",
    ),
    Mutant(
        "cursor-before-commit",
        "C2",
        "The cursor moves before the pages that it stands for are taken in.",
        COLLECT,
        "        await _take_one(hub, mapping, last, report, sweep=sweep)\n        last, token",
        "        async with hub.store.transaction() as tx:\n"
        "            early = await tx.cursor(mapping.key)\n"
        "            if early is not None and not sweep:\n"
        "                early.token, early.began_us = f't:{hub.clock.now_us()}', began_us\n"
        "                await tx.save_cursor(early)\n"
        "        await _take_one(hub, mapping, last, report, sweep=sweep)\n        last, token",
    ),
    Mutant(
        "cursor-at-end-of-read",
        "S8",
        "The cursor is the time at which a read ended, not the one before it began.",
        "testing/model_connector.py",
        "course.pages(self._batches(mapping, course)):\n            yield page\n",
        "course.pages(self._batches(mapping, course)):\n"
        "            page.cursor = f't:{self._model.now_us(name_of(mapping))}'\n            yield page\n",
    ),
    Mutant(
        "listing-moves-feed-cursor",
        "S8",
        "A full read moves the cursor of changes, past tombstones that only the feed tells.",
        COLLECT,
        "        cursor.token = token  # a full read never moves the cursor of a feed (S8)\n",
        "        cursor.token = token\n    else:\n        cursor.token = f't:{began_us}'\n",
    ),
    Mutant(
        "absent-is-null",
        "S3",
        "A property that a payload leaves out is taken as null, also where absence says nothing.",
        INTAKE_STALENESS,
        '    absent = None if mapping.declaration.absent == "null" else MISSING\n',
        "    absent = None\n",
    ),
    Mutant(
        "keys-stay",
        "L8",
        "Match keys are not made anew when a record changes.",
        INTAKE,
        "    result.added.extend(key for key in after if released or moved or key not in before)\n",
        "    result.added.extend(key for key in after if not before)\n",
    ),
)
