"""Dead letters: writes that a system refused or ignored, in its own words, and what makes them flow again (W9)."""

from collections.abc import Collection, Sequence
from hashlib import blake2b

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.model import Mapping
from accord.core.state import Cluster, Link, Rejection, WriteKind, record_key
from accord.core.swaps import Want, swaps, wants_of
from accord.core.wording import remedy
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = ["DeadLetter", "Denied", "dead_letters", "denied_of", "one_dead_letter", "retry"]

_MOST = 100_000


class DeadLetter(Struct, kw_only=True):
    """A write that a system refused or ignored: held until its value, the record, the one that holds the value that it
    wants, or the configuration changes (W9).

    `origin` is the record that the value comes from, where one is known; `remedy` says what would make it flow.
    `denied`: the account may not write it. `swap`: records of which each wants the unique value that the next one
    holds, this one among them.
    """

    id: str
    record: str
    golden: str
    mapping: str
    kind: WriteKind
    property: str
    message: str
    at_us: int
    origin: str = ""
    remedy: str = ""
    denied: bool = False
    swap: list[str] = field(default_factory=list)


class Denied(Struct, kw_only=True):
    """A property that the account may not write in an entity type, "" for all of it, and in how many records that
    keeps something from being written."""

    mapping: str
    property: str
    records: int
    remedy: str


async def dead_letters(hub: Hub, tx: Transaction, records: int = _MOST) -> list[DeadLetter]:
    """Writes that stand refused or ignored, of so many records; those of a mapping that rests do not count (K4)."""
    model = hub.model
    links = [link for link in await tx.rejected(records) if link.mapping in model.mappings]
    clusters = {c.golden.id: c for c in await tx.clusters(sorted({link.golden for link in links}))}
    letters = [
        _letter(model.mappings[link.mapping], link, column, rejection, clusters[link.golden])
        for link in links
        for column, rejection in sorted(link.rejected.items())
    ]
    wants = [
        want for link in links for want in wants_of(link, clusters[link.golden], model.mappings[link.mapping])
    ]
    _tell_swaps(letters, swaps(wants))
    return letters


def denied_of(letters: Sequence[DeadLetter]) -> list[Denied]:
    """What the account may not write, by entity type and property."""
    found: dict[tuple[str, str], Denied] = {}
    for each in letters:
        if each.denied:
            place = each.mapping, each.property
            denied = Denied(
                mapping=each.mapping, property=each.property, records=0, remedy=_right(each, each.mapping)
            )
            found.setdefault(place, denied).records += 1
    return [denied for _, denied in sorted(found.items())]


def _tell_swaps(letters: Sequence[DeadLetter], rings: Sequence[Sequence[Want]]) -> None:
    for ring in rings:
        records = [record_key(want.mapping, want.id) for want in ring]
        name = ring[0].property
        for each in letters:
            if each.record in records and each.property in ("", name):
                at = records.index(each.record)
                each.swap = [*records[at:], *records[:at]]
                each.remedy = (
                    f"{' and '.join(records)} wait for each other's {name}. Give {each.origin or each.record} another "
                    f"one for the moment, then: accord sync. Then put back what is right"
                )


def _letter(mapping: Mapping, link: Link, column: int, rejection: Rejection, of: Cluster) -> DeadLetter:
    row = mapping.properties[column] if column >= 0 else None
    letter = DeadLetter(
        id=_id(link, row.name if row is not None else ""),
        record=record_key(link.mapping, link.id) if link.id else link.mapping,
        golden=link.golden,
        mapping=link.mapping,
        kind="create" if link.life == "creating" else "delete" if of.golden.life == "dying" else "update",
        property=row.name if row is not None else "",
        message=rejection.message,
        at_us=rejection.at_us,
        origin=of.golden.stamp[row.property].record if row is not None else _first_record(of, mapping),
    )
    letter.denied = rejection.denied
    letter.remedy = _right(letter, letter.id) if letter.denied else _remedy(letter)
    return letter


def _id(link: Link, name: str) -> str:
    """A name that stays as long as the letter: of golden record, target and property."""
    parts = (link.golden, link.mapping, str(link.incarnation), name)
    return blake2b("\0".join(parts).encode(), digest_size=4).hexdigest()


def _first_record(of: Cluster, mapping: Mapping) -> str:
    """A record that stands for the golden record elsewhere."""
    names = [
        record_key(k.mapping, k.id)
        for k in of.links
        if k.id and k.life == "live" and k.mapping != mapping.key
    ]
    return min(names, default="")


def _right(letter: DeadLetter, what: str) -> str:
    """Which right to ask for."""
    of = f"{letter.property} of {letter.mapping}" if letter.property else f"{letter.mapping} ({letter.kind})"
    system = letter.mapping.partition(".")[0]
    return (
        f"Ask who administers {system} for the right of the account to write {of}; then: accord retry {what}"
    )


def _remedy(letter: DeadLetter) -> str:
    """What a person does about it; by itself it is tried again when value, record or configuration change."""
    of = f" {letter.property}" if letter.property else ""
    where = f"Correct{of} in {letter.origin}, or change" if letter.origin else "Change"
    return f"{where} how {letter.mapping}{of} is mapped in accord.yaml. Once it takes it: accord retry {letter.id}"


async def one_dead_letter(hub: Hub, tx: Transaction, wanted: str) -> list[DeadLetter]:
    """The dead letters of an id, of a record ("system.Type/id") or of an entity type.

    Raises AccordError: there is none; with what there is.
    """
    letters = await dead_letters(hub, tx)
    found = [x for x in letters if wanted in (x.id, x.record, x.golden, x.mapping)]
    if not found:
        known = sorted({x.id for x in letters})
        raise AccordError(
            f"there is no dead letter {wanted}",
            remedy=remedy(wanted, known) if known else "There is none at all.",
        )
    return found


async def retry(hub: Hub, wanted: Collection[str] = ()) -> Sequence[DeadLetter]:
    """Let dead letters be sent again by the next run: those of an id, a record or an entity type; () is all of them.

    Gives those that are freed. Raises AccordError: nothing goes by a name that was given, and nothing is freed.
    """
    async with hub.store.transaction() as tx:
        if wanted:
            freed = [letter for each in wanted for letter in await one_dead_letter(hub, tx, each)]
        else:
            freed = await dead_letters(hub, tx)
        ids = {letter.id for letter in freed}
        clusters = await tx.clusters(sorted({letter.golden for letter in freed}))
        for cluster in clusters:
            for link in cluster.links:
                if link.mapping in hub.model.mappings:
                    rows = hub.model.mappings[link.mapping].properties
                    names = {column: rows[column].name if column >= 0 else "" for column in link.rejected}
                    link.rejected = {c: r for c, r in link.rejected.items() if _id(link, names[c]) not in ids}
        await tx.save_clusters(clusters)
        await tx.mark("settle", [cluster.golden.id for cluster in clusters])
    return list({letter.id: letter for letter in freed}.values())
