"""Changes that nothing can notice, for what they change does not matter; each with the reason.

Keys are (file below core, "function: old -> new"), as a run prints them.
"""

from typing import Final

__all__ = ["ALIKE"]

ALIKE: Final[dict[tuple[str, str], str]] = {
    (
        "join_and_part.py",
        "aim_elsewhere: link.id or '' -> link.id",
    ): "a live link has an id; the text is for the type checker",
    (
        "lens/datetimes.py",
        "Datetime._offset: form['colon'] or '' -> form['colon']",
    ): "an offset that is written in the form of another has its colon, or the empty text",
    (
        "matching/similar.py",
        "score: '' -> 'XX'",
    ): "neither text is null there; the empty one is for the type checker",
    (
        "matching/similar.py",
        "alike_groups: rule.similar.propose if rule.similar is not None else 0.0 -> rule.similar.propose",
    ): "a rule that gets here is `similar`; the other branch is for the type checker",
    (
        "lens/several.py",
        "Join._cut: 0 -> 1",
    ): "a separator at the very beginning has nothing before it, so it is no cut",
    (
        "confirm.py",
        "_unwritten: 0 -> 1",
    ): "a record whose row is the first one has shown nothing since",
    (
        "settle.py",
        "settle_work: '' -> 'XX'",
    ): "a link without an id has no row, by whatever text it is looked for",
}
