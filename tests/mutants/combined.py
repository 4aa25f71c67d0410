"""Seeded bugs where two mechanisms meet: pins and merges, tombstones and splits, groups and rules (G3, L6, L7, W8)."""

from tests.mutants.mutant import Mutant

__all__ = ["COMBINED"]

JOIN = "core/join_and_part.py"
SETTLE = "core/settle.py"
CREATING = "core/creating.py"
FOLDING = "core/folding.py"

COMBINED = (
    Mutant(
        "pins-stay-behind",
        "G3",
        "What a person put back into a record is forgotten when its golden record is merged.",
        JOIN,
        "    moved.pins = dict(link.pins)  # what a person put back stays a question (G3)\n",
        "",
        "a_pin_outlives_a_merge",
    ),
    Mutant(
        "pins-name-aliases",
        "W5, G3",
        "A reference that a person put back goes on naming a golden record that was merged.",
        JOIN,
        "pin._replace(value=_renamed(pin.value, old, new))",
        "pin",
        "put_back_follows_a_merge",
    ),
    Mutant(
        "pins-not-looked-up",
        "W5, G3",
        "What a reference that a person put back stands for in a system is not looked up.",
        "runtime/hub.py",
        "    values += [pin.value for link in cluster.links for pin in link.pins.values()]\n",
        "",
        "put_back_follows_a_merge",
    ),
    Mutant(
        "split-forgets-claims",
        "M2, L6",
        "When the record whose claim wins leaves, those of the others count for nothing.",
        JOIN,
        "        if staying and golden.stamp[column].record in leaving:\n",
        "        if False:\n",
        "a_claim_that_stays_wins",
    ),
    Mutant(
        "doomed-takes-all",
        "G3, W8",
        "A record whose create is undone, deleted by a person first, is deleted everywhere.",
        SETTLE,
        "nobody = ours or doomed or",
        "nobody = ours or",
        "undone_takes_nothing_with_it",
    ),
    Mutant(
        "restored-stays-archived",
        "W8",
        "A record that is restored stays in the archive elsewhere, and goes there itself.",
        SETTLE,
        "    _take_out_again(work, link, seen, mapping)\n",
        "",
        "restored_comes_out",
    ),
    Mutant(
        "what-left-lifts-the-tombstone",
        "W8",
        "A record that left for another golden record counts as the newest tombstone.",
        CREATING,
        '    tombs = [k for k in stones if k.id is not None or k.by != "hub"]\n',
        "    tombs = stones\n",
        "forbids_creating_after_another_record_left",
    ),
    Mutant(
        "likeness-in-old-columns",
        "L7, M8",
        "Likeness looks at the columns that stood there before a group became one.",
        FOLDING,
        "        similar = replace(similar, parts=parts(similar.parts))\n",
        "        pass\n",
        "likeness_looks_at",
    ),
    Mutant(
        "decided-in-other-columns",
        "K1, L6",
        "People decide about records whose rows are laid out for another configuration.",
        "runtime/people/decide.py",
        "        await check_layout(hub, tx)\n",
        "",
        "nothing_is_decided_under",
    ),
    Mutant(
        "split-off-and-still-gone",
        "W8, L8",
        "A record that had come back beside another one stays gone when a person splits it off.",
        JOIN,
        "            link.seq = 0\n",
        "            pass\n",
        "lives_when_it_is_split_off",
    ),
)
