"""Bugs that only worlds with references, filters, merges and changing configurations can see."""

from tests.mutants.mutant import Mutant

__all__ = ["WORLD"]

MERGES = "runtime/steps/follow_merges.py"
CONFIGURE = "runtime/steps/configure.py"

WORLD = (
    Mutant(
        "merge-by-fetch-unproven",
        "S10",
        "A fetch that answers with another id does not prove that the record was merged into that one.",
        "connectorkit/single.py",
        '"merged", seen.id, True\n',
        '"merged", seen.id, False\n',
    ),
    Mutant(
        "lost-reference-waits",
        "W5, W10",
        "A record that refers to what was deleted there keeps that for ever, whatever its golden record refers to.",
        "core/work.py",
        "        return bool(row.references) and (row.references, str(raw).strip()) in self.context.gone\n",
        "        return False\n",
    ),
    Mutant(
        "unseen-reference-not-read",
        "W5",
        "What is referred to and was never seen is waited for, and never looked for.",
        "core/work.py",
        '        self.fetches.append(Fetch(*target, "it is referred to, and was never seen"))\n',
        "",
        laws="w5_what_may_still",
    ),
    Mutant(
        "winner-takes-the-shadow-whole",
        "S10, S3",
        "What the winner of a merge does not show is taken to be what the loser showed, and is never written to it.",
        MERGES,
        "                _forget_absent(link, winner)\n",
        "",
        worlds=600,
    ),
    Mutant(
        "dependants-not-woken",
        "W5",
        "A record that is linked does not wake those that refer to it.",
        "runtime/settling.py",
        '        await tx.mark("settle", await tx.dependants(targets))\n',
        "        pass\n",
    ),
    Mutant(
        "references-not-kept",
        "W5",
        "Nobody remembers who refers to whom.",
        "runtime/settling.py",
        "    await tx.save_references(cluster.golden.id, targets)\n",
        "",
    ),
    Mutant(
        "reference-as-it-stands",
        "W5",
        "A reference is written with an id of another system.",
        "core/lens/reference.py",
        "        remote_id = refs.remote(self.entity_type, value)\n",
        "        remote_id = value.rpartition(':')[2]\n",
    ),
    Mutant(
        "left-out-record-linked",
        "S2, S10",
        "A record that the filter leaves out is taken for one that came into scope.",
        "core/intake/absorb.py",
        '    excluded = mapping.keep(observation.payload) or "" if mapping.keep is not None else ""\n',
        '    excluded = "" if seen is not None else mapping.keep(observation.payload) or "" if mapping.keep else ""\n',
    ),
    Mutant(
        "keys-of-what-rests",
        "K4",
        "Records of an entity type that left the configuration are still matched.",
        CONFIGURE,
        "    if rules_changed or changed or left:",
        "    if rules_changed or changed:",
        laws="k4_what_left",
    ),
    Mutant(
        "columns-not-moved",
        "K2",
        "A mapping that has another row keeps its shadows as they were, in the wrong columns.",
        CONFIGURE,
        "        if pick is not None:\n            _relay_link(link, pick)",
        "        if pick is not None and len(pick) == 0:\n            _relay_link(link, pick)",
    ),
    Mutant(
        "own-write-lifts-rejections",
        "W9, G6",
        "What a record refused is tried again each time that we wrote something else there.",
        "core/merging/news.py",
        "    work.keep_rejections(link, old if write.version is None else write.version, seen.version)\n",
        "    del old\n",
        laws="w9_our_own_write",
    ),
    Mutant(
        "kept-aside-lost-with-its-column",
        "M4, K4",
        "What was kept aside is forgotten with the column that it stands in.",
        CONFIGURE,
        "        await tx.record(line for link in links for line in _lost(link, picks, names, hub.clock.now_us()))\n",
        "        del links, names\n",
        laws="k4_m4_what_was_kept_aside",
    ),
    Mutant(
        "reset-cursor-nominates-nobody",
        "S10, K4",
        "The first whole read after a cursor was reset says nothing of who is missing.",
        "runtime/steps/collect.py",
        "            if sweep:\n                await _nominate",
        "            if sweep and cursor.complete:\n                await _nominate",
        laws="k4_s10_what_was_deleted",
    ),
)
