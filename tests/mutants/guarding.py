"""Seeded bugs in guards: pauses, drift, accounts, chases, backups, quota, hints (G1, G2, G5, K6, S9, S11, W9, W11)."""

from tests.mutants.mutant import Mutant

__all__ = ["GUARDING"]

DUE = "core/due.py"
OSCILLATION = "core/oscillation.py"
PAUSES = "runtime/pauses.py"
PAUSING = "runtime/pausing.py"

GUARDING = (
    Mutant(
        "pause-ignored",
        "W9, G4",
        "What is paused is written all the same.",
        DUE,
        "    return why is not None\n",
        "    return False\n",
        laws="w9_nothing or g4_what",
    ),
    Mutant(
        "pause-never-ends",
        "G4",
        "What a pause held is not looked at when its time is over.",
        PAUSING,
        "            await save(tx, standing)\n            await mark_concepts(hub, tx, over)\n",
        "            await save(tx, standing)\n",
        laws="g4_a_pause_ends",
    ),
    Mutant(
        "paused-type-bars-linking",
        "W13",
        "Nothing is linked while an entity type of the concept is paused.",
        "runtime/linking.py",
        "gates[m.key].complete or gates[m.key].paused",
        "gates[m.key].complete",
        laws="w13_a_paused",
    ),
    Mutant(
        "hint-dropped",
        "S9",
        "A hint waits for the next listing.",
        PAUSING,
        '            await tx.ask(Fetch(m.key, id_, "a hint", now_us) for m in mappings for id_ in wanted)\n',
        "            pass\n",
        laws="s9_a_hint_says",
    ),
    Mutant(
        "chase-goes-on",
        "G5",
        "Values that chase each other are written for ever.",
        DUE,
        '    if until_us is None:\n        return False\n    work.hold(link.mapping, "frozen", CHASED',
        '    if until_us is None or until_us:\n        return False\n    work.hold(link.mapping, "frozen", CHASED',
        laws="g5_values",
    ),
    Mutant(
        "chase-counts-any-write",
        "G5",
        "Whatever is written often is frozen, also where nobody undoes it.",
        OSCILLATION,
        "if each.undone and each.at_us > now_us - DAY_US]",
        "if each.at_us > now_us - DAY_US]",
        laws="g5_what_one",
    ),
    Mutant(
        "new-value-stays-frozen",
        "G5",
        "A new value does not thaw a chase.",
        OSCILLATION,
        "    if len(undone) <= MOST or all(each.raw != raw for each in undone):\n",
        "    if len(undone) <= MOST:\n",
        laws="g5_a_new",
    ),
    Mutant(
        "failures-are-a-chase",
        "G5",
        "Writes that were ignored count.",
        OSCILLATION,
        "        written.pop()\n",
        "        pass\n",
        laws="g5_failures",
    ),
    Mutant(
        "chase-without-end",
        "G5",
        "Writes of days ago count.",
        OSCILLATION,
        "if each.undone and each.at_us > now_us - DAY_US]",
        "if each.undone]",
        laws="g5_few or g5_what_is_frozen",
    ),
)
