"""Samples of records, through connectors or from what the hub has seen, and links that it has made. Nothing is kept."""

from collections.abc import Mapping as ReadOnly
from contextlib import aclosing
from itertools import islice
from typing import Any, Final

from accord.core.errors import RetryLater, StopEntityType, StopFlow
from accord.core.model import Mapping
from accord.core.values import MISSING
from accord.ports.connector import Connector
from accord.ports.store import Store, Transaction
from accord.suggesting.agreement import Joined
from accord.suggesting.field import Sample

__all__ = ["links_between", "positions", "read_sample", "seen_sample"]

_PAGE: Final = 1000
_MOST_LINKS: Final = 20_000


async def read_sample(connector: Connector, key: str, most: int, mapping: Mapping | None) -> Sample:
    """The first records of an entity type, at most so many; those that the mapping's filter leaves out are not in it.

    Where the system can not be reached, or does not let us read, `unread` of the sample says so.
    """
    found: dict[str, ReadOnly[str, Any]] = {}
    looked_at = 0
    try:
        async with aclosing(connector.read(key, "", full=True)) as pages:  # type: ignore[type-var]
            async for page in pages:
                for each in page.observations:
                    if each.payload is not None and not each.gone and _is_kept(each.payload, mapping):
                        found[each.id] = each.payload
                looked_at += len(page.observations)
                if looked_at >= most:
                    return _sample(dict(islice(found.items(), most)), whole=False)
    except (RetryLater, StopEntityType, StopFlow) as error:
        down = not isinstance(error, StopEntityType)
        return Sample(unread=f"{key} could not be read: {error.message}", down=down)
    return _sample(found, whole=True)


def _is_kept(payload: ReadOnly[str, Any], mapping: Mapping | None) -> bool:
    if mapping is None:
        return True
    return (mapping.keep is None or mapping.keep(payload) is None) and (
        mapping.when is None or mapping.when(payload) is None
    )


def _sample(found: dict[str, ReadOnly[str, Any]], *, whole: bool) -> Sample:
    return Sample(ids=list(found), payloads=list(found.values()), whole=whole)


async def seen_sample(store: Store, mapping: Mapping, most: int) -> Sample:
    """Records as the hub has last seen them; they hold what is mapped, and nothing else (S2)."""
    found: dict[str, ReadOnly[str, Any]] = {}
    after = ""
    async with store.transaction(dry=True) as tx:
        while len(found) < most:
            rows = await tx.scan_seen(mapping.key, after, min(_PAGE, most))
            if not rows:
                return _sample(found, whole=True)
            for row in rows:
                if not row.gone and row.raw:
                    found[row.id] = _payload(mapping, row.raw)
            after = rows[-1].id
    return _sample(found, whole=False)


def _payload(mapping: Mapping, raws: list[Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for row, raw in zip(mapping.properties, raws, strict=False):
        if raw is not MISSING and not getattr(row.place, "places", ()):
            row.place.write(body, raw, None)
    return body


async def links_between(store: Store, left: Mapping, right: Mapping) -> dict[str, str]:
    """Id at the right by id at the left, of records that are linked and live."""
    found: dict[str, str] = {}
    after = ""
    async with store.transaction(dry=True) as tx:
        while len(found) < _MOST_LINKS:
            goldens = [each.id for each in await tx.scan_golden(left.concept, after, _PAGE)]
            if not goldens:
                break
            ours, theirs = await _ids(tx, left, goldens), await _ids(tx, right, goldens)
            found.update({ours[golden]: theirs[golden] for golden in ours.keys() & theirs.keys()})
            after = goldens[-1]
    return found


async def _ids(tx: Transaction, mapping: Mapping, goldens: list[str]) -> dict[str, str]:
    links = await tx.links(mapping.key, goldens)
    return {link.golden: link.id for link in links if link.life == "live" and link.id is not None}


def positions(links: ReadOnly[str, str], left: Sample, right: Sample) -> Joined:
    """Links as positions in two samples."""
    theirs = {each: at for at, each in enumerate(right.ids)}
    return [(at, theirs[links[each]]) for at, each in enumerate(left.ids) if links.get(each) in theirs]
