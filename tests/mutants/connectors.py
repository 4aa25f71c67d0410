"""Seeded bugs in connectors and in what they share: their laws, and their contract, have to notice."""

from tests.mutants.mutant import Mutant

__all__ = ["CONNECTORS"]

_NESTED = "connectorkit/nested_writing.py"
_TOGETHER = "lines_that_change_at_once"

CONNECTORS: tuple[Mutant, ...] = (
    Mutant(
        "lines-beside-are-lost",
        "W1",
        "An order that is written for one of its lines loses what nobody here knows of the others.",
        _NESTED,
        "    lines = copied(list(of.lines(parent.payload or {})))\n",
        "    lines = [{k: v for k, v in x.items() if k in (*of.it.properties, of.it.id.property)}\n"
        "             for x in of.lines(parent.payload or {})]\n",
        laws=_TOGETHER,
    ),
    Mutant(
        "order-written-over",
        "W2",
        "An order is written over whoever edited another of its lines meanwhile.",
        _NESTED,
        '    return Write(mapping=of.parent_mapping, kind="update", id=parent.id, body=body, version=parent.version)\n',
        '    return Write(mapping=of.parent_mapping, kind="update", id=parent.id, body=body)\n',
        laws="edits_another_line_in_between",
    ),
    Mutant(
        "line-written-over",
        "W2",
        "A line is written that moved on since it was read.",
        _NESTED,
        "        elif write.version is not None and version_of(of.lines(parent.payload or {})[at]) != write.version:\n",
        "        elif write.version is not None and not write.version:\n",
        laws="a_line_that_moved_on",
    ),
    Mutant(
        "line-made-twice",
        "W3",
        "A line whose create was answered by nobody is made once more.",
        _NESTED,
        "    if ours and write.key:\n        for line",
        "    if ours and not write.key:\n        for line",
        laws="a_create_that_bears_our_id_is_made_once",
    ),
    Mutant(
        "card-written-anew",
        "W1",
        "A card that is changed is folded and written anew as far as it is understood.",
        "connectors/dav/lines.py",
        '    return "".join(f"{line.raw}\\r\\n" for line in _all(component))\n',
        '    return "".join(f"{line.raw}\\r\\n" for line in _all(component) if line.name)\n',
        laws="w1_a_line_that_can_not_be_read_stays",
    ),
    Mutant(
        "failed-list-is-empty",
        "S8",
        "A list that came with errors is taken for all that there is.",
        "connectors/graphql/transport.py",
        "            if errors:\n                return self._failed(errors)\n            return 200,",
        "            return 200,",
        laws="a_listing_that_fails_is_no_empty_one",
    ),
    Mutant(
        "refusal-is-done",
        "W9",
        "A mutation that lists what it refuses counts as done.",
        "connectors/graphql/transport.py",
        "        if refusals:\n",
        "        if refusals and errors:\n",
        laws="w9_what_an_answer_means",
    ),
)
