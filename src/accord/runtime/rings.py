"""Creates that wait for each other in a ring, and so for ever (W5)."""

from collections.abc import Mapping as ReadOnly, Set as AbstractSet

__all__ = ["rings"]


def rings(waits: ReadOnly[str, AbstractSet[str]]) -> frozenset[str]:
    """Golden records on a ring, or between rings, of `waits` (who waits for whom): some of them can not wait.

    Nodes that wait for nobody in a ring, or for whom nobody does, are taken away until none is left.
    """
    left = {node: set(targets) & waits.keys() for node, targets in waits.items()}
    while True:
        wanted = {target for targets in left.values() for target in targets}
        kept = {node: targets for node, targets in left.items() if targets and node in wanted}
        kept = {node: {target for target in targets if target in kept} for node, targets in kept.items()}
        if len(kept) == len(left):
            return frozenset(kept)
        left = kept
