"""The assignment of two sides to each other that is worth the most as a whole, each one used once."""

from collections.abc import Sequence

__all__ = ["assign"]


def assign(worth: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) with the greatest sum of worth; what is worth nothing (0 or less) is left alone.

    The Hungarian method with potentials, for rows and columns in any number: O(n² m).
    Laws: no row and no column twice; the sum is that of the best of all assignments.
    """
    rows, columns = len(worth), len(worth[0]) if worth else 0
    if not rows or not columns:
        return []
    size = max(rows, columns)
    cost = [
        [-max(worth[r][c], 0.0) if r < rows and c < columns else 0.0 for c in range(size)]
        for r in range(size)
    ]
    matched = _hungarian(cost)
    return sorted((r, c) for c, r in enumerate(matched) if r < rows and c < columns and worth[r][c] > 0)


def _hungarian(cost: list[list[float]]) -> list[int]:
    """For each column its row, of the cheapest perfect assignment of a square table."""
    size = len(cost)
    of_row, of_column = [0.0] * (size + 1), [0.0] * (size + 1)
    matched = [0] * (size + 1)  # column to row, both from 1; column 0 is the row that is being placed
    for row in range(1, size + 1):
        matched[0] = row
        way = _augment(cost, of_row, of_column, matched)
        at = way.pop(0)
        for before in way:
            matched[at] = matched[before]
            at = before
    return [matched[column] - 1 for column in range(1, size + 1)]


def _augment(
    cost: list[list[float]], of_row: list[float], of_column: list[float], matched: list[int]
) -> list[int]:
    """Columns from a free one back to column 0 along the cheapest way; the potentials are moved on."""
    size = len(cost)
    least = [float("inf")] * (size + 1)
    came_from, used = [0] * (size + 1), [False] * (size + 1)
    column = 0
    while matched[column]:
        used[column] = True
        here, delta, following = matched[column], float("inf"), 0
        for each in range(1, size + 1):
            if used[each]:
                continue
            reduced = cost[here - 1][each - 1] - of_row[here] - of_column[each]
            if reduced < least[each]:
                least[each], came_from[each] = reduced, column
            if least[each] < delta:
                delta, following = least[each], each
        for each in range(size + 1):
            if used[each]:
                of_row[matched[each]] += delta
                of_column[each] -= delta
            else:
                least[each] -= delta
        column = following
    way = [column]
    while column:
        column = came_from[column]
        way.append(column)
    return way
