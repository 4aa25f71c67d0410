"""Seeded bugs in what is done: writes, creates, deletes, crashes, links (W1-W13, C1-C3, L1-L5)."""

from tests.mutants.mutant import Mutant

__all__ = ["ACTING"]

DUE_UPDATES = "core/due/updates.py"
DUE_CREATES = "core/due/creates.py"
DUE_VALUES = "core/due/values.py"
SETTLE = "core/settle.py"
CONFIRM = "core/confirm.py"
CREATES = "runtime/steps/unknown_creates.py"
SHARING = "runtime/steps/sharing.py"
LINKING = "runtime/steps/linking.py"
SETTLING = "runtime/settling.py"

ACTING = (
    Mutant(
        "no-version-named",
        "W2",
        "A write does not name the version that it is based on.",
        SHARING,
        "version=write.version,",
        "version=write.version if write.kind == 'delete' else None,",
    ),
    Mutant(
        "delete-without-version",
        "W8",
        "A delete does not name the version that it is based on.",
        DUE_UPDATES,
        '        due = _due(link, "delete", _named(work.seen(link), mapping))\n',
        '        due = _due(link, "delete", None)\n',
    ),
    Mutant(
        "replace-without-reading",
        "W1",
        "A system that replaces is sent what must change alone.",
        SHARING,
        '    whole = due.kind == "update" and mapping.declaration.update == "replace"\n',
        "    whole = False\n",
    ),
    Mutant(
        "write-carries-all",
        "W1",
        "A write carries every property, also what the record holds already.",
        DUE_UPDATES,
        "        behind = stamp not in (base, same) and row.writes",
        "        behind = row.writes",
    ),
    Mutant(
        "rejection-forgotten",
        "W9",
        "What a system refused or ignored is written again and again.",
        DUE_VALUES,
        "    if not (same and rejection.fingerprint == work.context.model.fingerprint):\n",
        "    if rejection is not None:\n",
    ),
    Mutant(
        "open-not-durable",
        "C2, W4",
        "What is sent is not saved before the call.",
        SHARING,
        "            writes, works = self._open(settled, context)\n"
        "            await save_settled(self.hub, tx, settled)\n",
        "            await save_settled(self.hub, tx, settled)\n"
        "            writes, works = self._open(settled, context)\n",
    ),
    Mutant(
        "crash-forgets-open-writes",
        "C1",
        "After a start nobody asks what became of the writes that were under way.",
        CREATES,
        "                link.open.unknown = True\n                count += 1\n",
        "                link.open = None\n                count += 1\n",
    ),
    Mutant(
        "key-random",
        "W3",
        "The key of a create is new at every attempt.",
        CREATES,
        "        write = write_of(link, link.open)\n",
        "        write = write_of(link, link.open)\n        write.key += str(link.open.sendings)\n",
    ),
    Mutant(
        "no-search-before-create",
        "W3",
        "A create of unknown outcome is made again without looking for it.",
        CREATES,
        "    found = await hub.connector(mapping).search(mapping.key, write.key, write.first_us)\n",
        "    await hub.connector(mapping).search(mapping.key, write.key, write.first_us)\n    found = []\n",
    ),
    Mutant(
        "search-does-not-wait",
        "W3",
        "A create is made again while the first request may still land.",
        CREATES,
        "    if hub.clock.now_us() < until_us:\n        return until_us\n",
        "    del until_us\n",
    ),
    Mutant(
        "found-create-merged-like-a-stranger",
        "W3, L5",
        "A create that was found is merged as a first link, not with the sent body as its shadow.",
        "core/confirm.py",
        '    link.id, link.life = row.id, "live"\n    row.golden',
        '    link.id, link.life, link.open = row.id, "live", None\n    row.golden',
    ),
    Mutant(
        "newcomer-not-held",
        "W13",
        "Newcomers are linked while a create there is of unknown outcome.",
        LINKING,
        "            if keys:\n",
        "            if keys and not mapping:\n",
    ),
    Mutant(
        "newcomer-told-by-our-id",
        "W13",
        "A record that can not be told from a create by our id is linked all the same.",
        LINKING,
        "        held = [row for row in rows if not told or row.our_id in keys]\n",
        "        held = [row for row in rows if row.our_id in keys]\n",
    ),
    Mutant(
        "released-without-reading",
        "W13",
        "A newcomer that was held is linked from what was seen of it long ago.",
        "runtime/steps/make_links.py",
        "        row.held = TO_BE_READ\n",
        "        row.held = ''\n",
    ),
    Mutant(
        "create-before-target-was-read",
        "W13",
        "A create is sent though the target was not read since its source was first seen.",
        DUE_CREATES,
        "    elif gate.began_us < needed_us:\n",
        "    elif gate.began_us < 0:\n",
        laws="w13_no_create",
    ),
    Mutant(
        "create-beside-a-stranger",
        "W13",
        "A create is sent though an unlinked record there bears the same key.",
        DUE_CREATES,
        "    elif (golden, mapping.key) in work.context.strangers:\n",
        "    elif (golden, mapping.key) in ():\n",
    ),
    Mutant(
        "no-incarnation",
        "W8",
        "A record that is made anew repeats the create of the one before it.",
        DUE_CREATES,
        "    incarnation = creating.incarnation if creating else (last.incarnation + 1 if last else 0)\n",
        "    incarnation = creating.incarnation if creating else (last.incarnation if last else 0)\n",
    ),
    Mutant(
        "tombstone-allows-creating",
        "W8",
        "What a person deleted in one system is created there again.",
        "core/creating.py",
        "    if is_barred(cluster, mapping.key):\n",
        "    if False:\n",
    ),
    Mutant(
        "delete-beats-edit",
        "W8",
        "An edit of a record whose golden record is about to be deleted does not keep it.",
        "core/work.py",
        '        if self.golden.life != "alive":\n            self.golden.life = "alive"\n',
        '        if self.golden.life == "dead":\n            self.golden.life = "alive"\n',
    ),
    Mutant(
        "deleter-out-of-step",
        "W8",
        "A delete counts though its record did not hold the golden values.",
        SETTLE,
        "    elif aside or not _in_step(work, link):\n",
        "    elif False:\n",
    ),
    Mutant(
        "deleted-by-the-same-id-stays-dead",
        "W8",
        "A record that is back under its id is not linked again.",
        SETTLE,
        '    link.life, link.by = "live", ""\n    work.revive_golden(link)\n',
        "    link.seq = seen.seq\n    return\n",
    ),
    Mutant(
        "moved-is-done",
        "W2",
        "A write that was refused because the record had moved on is taken as done.",
        CONFIRM,
        "    if end.write.sendings == 1:\n        _unwritten(end.link)\n    else:\n"
        "        end.write.unknown = True\n    end.link.refusals += 1\n",
        "    for column, sent in end.write.sent.items():\n"
        "        end.work.agree(end.link, column, sent.raw, sent.stamp)\n"
        "    end.link.open = None\n",
    ),
    Mutant(
        "share-mark-lost",
        "W10",
        "A golden record that has writes due is not marked for share.",
        SETTLING,
        '    await tx.mark("share", [s.cluster.golden.id for s in settled if s.dues])\n',
        '    await tx.mark("share", [s.cluster.golden.id for s in settled if s.dues and s.events])\n',
    ),
    Mutant(
        "cluster-linked-anyway",
        "L3",
        "Several records of one entity type with one key are linked all the same, the first of each.",
        "core/link.py",
        "        elif len(self.goldens) > 1 or "
        "(not self.alike and len({m.mapping for m in members}) < len(members)):\n",
        "        elif len(self.goldens) > 1:\n",
    ),
    Mutant(
        "matched-record-by-record",
        "L3, W13",
        "A record is linked before all entity types of its concept were read.",
        LINKING,
        "        if not all(gates[m.key].complete or gates[m.key].paused for m in mappings):\n            continue\n",
        "",
        laws="l3_nothing",
    ),
    Mutant(
        "refused-create-keeps-its-key",
        "W3",
        "A definite rejection does not end the generation of a create.",
        CONFIRM,
        "        link.generation += 1\n",
        "        link.generation += 0\n",
        laws="w3",
    ),
)
