# ruff: noqa: E501 - the keys are what a run prints
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
    (
        "join_and_part.py",
        "_look_again: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "join_and_part.py",
        "_look_again: '' -> 'XX'",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "join_and_part.py",
        "_take_shown: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "join_and_part.py",
        "_take_shown: '' -> 'XX'",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "blockers.py",
        "refused_values: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "blockers.py",
        "refused_values: '' -> 'XX'",
    ): "a link without an id has no row, by whatever it is looked for",
    ("swaps.py", "wants_of: link.id or '' -> link.id"): "only a live link is looked at, which has an id",
    ("swaps.py", "wants_of: '' -> 'XX'"): "only a live link is looked at, which has an id",
    (
        "creating.py",
        "_is_old: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    ("creating.py", "_is_old: '' -> 'XX'"): "a link without an id has no row, by whatever it is looked for",
    (
        "standing.py",
        "is_even: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    ("standing.py", "is_even: '' -> 'XX'"): "a link without an id has no row, by whatever it is looked for",
    (
        "claims.py",
        "_merge_latest: claim.stamp <= now.stamp -> claim.stamp < now.stamp",
    ): "a stamp bears record and value: of two claims of one stamp the second is a repeat, and changes nothing",
    (
        "settle.py",
        "settle_work: link.id or '' -> link.id",
    ): "a link without an id has no row, by whatever it is looked for",
    (
        "work.py",
        "Work.edit: link.id or '' -> link.id",
    ): "a live link has an id; the text is for the type checker",
    ("work.py", "Work.edit: '' -> 'XX'"): "a live link has an id; the text is for the type checker",
    (
        "work.py",
        "Work.side_effect: link.id or '' -> link.id",
    ): "a live link has an id; the text is for the type checker",
    ("work.py", "Work.side_effect: '' -> 'XX'"): "a live link has an id; the text is for the type checker",
    (
        "settle.py",
        "_archive: link.id or '' -> link.id",
    ): "a live link has an id; the text is for the type checker",
    ("settle.py", "_archive: '' -> 'XX'"): "a live link has an id; the text is for the type checker",
    (
        "settle.py",
        "_take_out_again: link.id or '' -> link.id",
    ): "a live link has an id; the text is for the type checker",
    ("settle.py", "_take_out_again: '' -> 'XX'"): "a live link has an id; the text is for the type checker",
    (
        "matching/similar.py",
        "score: x or '' -> x",
    ): "neither text is null there; the empty one is for the type checker",
    (
        "matching/similar.py",
        "score: y or '' -> y",
    ): "neither text is null there; the empty one is for the type checker",
    (
        "link.py",
        "link_groups: _united(groups, rule) if gives_several(rule, concept) else [[group] for group in groups] -> _united(groups, rule)",
    ): "a rule whose parts are scalars gives a record one key, so no two groups share a record; not to compare them is quicker",
    (
        "link.py",
        "_Decision._link: self.occupied.get(golden, {}) if golden else {} -> self.occupied.get(golden, {})",
    ): "nothing is occupied where there is no golden record yet; the branch is for the type checker",
    (
        "link.py",
        "_Decision._vetoed: bool(self.rule.vetoes) and any((vetoed(a.vetoes, b.vetoes) for i, a in enumerate(members) for b in members[i + 1:])) -> any((vetoed(a.vetoes, b.vetoes) for i, a in enumerate(members) for b in members[i + 1:]))",
    ): "members have no texts to differ in where the rule has no vetoes; not to compare them is quicker",
    (
        "intake/__init__.py",
        "intake: verdict == 'back' and seen is not None -> verdict == 'back'",
    ): "only a record that is known steps back; the other half is for the type checker",
    (
        "types.py",
        "utc_text: instant if instant.tzinfo is UTC else instant.astimezone(UTC) -> instant.astimezone(UTC)",
    ): "an instant in UTC is the same when it is put into UTC; not to do it is quicker",
    (
        "errors.py",
        "_restore: '' -> 'XX'",
    ): "an error always has its message and its remedy; the texts are for the type checker",
    (
        "link.py",
        "_is_common: len(group.members) <= rule.max_share -> len(group.members) < rule.max_share",
    ): "of no more members than the share no entity type can have more; not to count them is quicker",
    ("work.py", "Work.revision: 0 -> 1"): "what is the same in every revision tells none from another",
    (
        "work.py",
        "Work.untold: seen is None or not self.refers_elsewhere(link) -> not self.refers_elsewhere(link)",
    ): "a record that was not seen refers nowhere else",
    (
        "model.py",
        "Model.alike: facet is not mapping and facet.concept == mapping.concept -> facet.concept == mapping.concept",
    ): "a record that is a facet of itself is looked up twice, and found once",
}
