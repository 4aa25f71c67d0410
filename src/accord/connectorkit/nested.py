"""A connector with the entity types whose records stand inside those of another one, as lines do in an order."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from accord.connectorkit.http.workers import each
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.nested_type import NestedType, split_id
from accord.connectorkit.nested_writing import written
from accord.connectorkit.observe import name_of
from accord.core.errors import StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Connector, Page, Write

__all__ = ["nested", "outer"]

_WIDTH: Final = 4
"""How many parents are written at a time, where the connector does not tell how many calls it may make."""


def outer(manifest: Manifest) -> Manifest:
    """A manifest without the entity types that are inside others; those have the lists as properties."""
    types = {name: it for name, it in manifest.types.items() if it.inside is None}
    for it in manifest.types.values():
        if it.inside is not None:
            parent = types[it.inside.type]
            lists = {**parent.properties, it.path: PropertySpec(type="list")}
            types[it.inside.type] = parent.model_copy(update={"properties": lists})
    return manifest if len(types) == len(manifest.types) else manifest.model_copy(update={"types": types})


def nested(connector: Connector, manifest: Manifest, system: str) -> Connector:
    """A connector of all entity types of a manifest, made of one that knows those of `outer`.

    It is that one where none is inside another. What else it is able to do, it does still.
    """
    types = {name: NestedType(manifest, name, system) for name, it in manifest.types.items() if it.inside}
    return _Nested(connector, types) if types else connector


class _Nested:
    def __init__(self, inner: Connector, types: Mapping[str, NestedType]) -> None:
        self._inner, self._types = inner, types

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def identity(self) -> str:
        """See `Connector`."""
        return await self._inner.identity()

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        of = self._types.get(name_of(mapping))
        async for page in self._inner.read(of.parent_mapping if of else mapping, cursor, full=full):
            if of is None:
                yield page
                continue
            parents = await self._whole(of, page.observations)
            yield Page(observations=list(_lines(of, mapping, parents)), cursor=page.cursor)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        of = self._types.get(name_of(mapping))
        if of is None:
            return await self._inner.fetch(mapping, ids)
        wanted = list(dict.fromkeys(split_id(each_id)[0] for each_id in ids))
        parents = dict(zip(wanted, await self._inner.fetch(of.parent_mapping, wanted), strict=True))
        return [_line(of, mapping, parents[split_id(each_id)[0]], each_id) for each_id in ids]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`. A line that bears our id is found where it is created again."""
        return None if name_of(mapping) in self._types else await self._inner.search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`. Parents first; lines of one parent go out together."""
        alone = [write for write in writes if name_of(write.mapping) not in self._types]
        ended = {
            id(w): o for w, o in zip(alone, await self._inner.write(alone) if alone else [], strict=True)
        }
        groups: dict[tuple[str, str], list[Write]] = {}
        for write in writes:
            if (of := self._types.get(name_of(write.mapping))) is not None:
                parent_id = (
                    split_id(write.id)[0] if write.id else str((write.body or {}).get(of.property) or "")
                )
                groups.setdefault((name_of(write.mapping), parent_id), []).append(write)

        async def group(named: tuple[str, str]) -> list[Outcome]:
            name, parent_id = named
            return await written(self._inner, self._types[name], parent_id, groups[named])

        told = await each(list(groups), group, getattr(self._inner, "concurrent", _WIDTH))
        for part, outcomes in zip(groups.values(), told, strict=True):
            ended |= {id(write): outcome for write, outcome in zip(part, outcomes, strict=True)}
        return [ended[id(write)] for write in writes]

    async def close(self) -> None:
        """See `Connector`."""
        await self._inner.close()

    async def _whole(self, of: NestedType, parents: Sequence[Observation]) -> Sequence[Observation]:
        """Parents with their lists, which listings may leave out."""
        short = [parent for parent in parents if parent.payload is not None] if of.is_left_out else []
        if not short:
            return parents
        found = await self._inner.fetch(of.parent_mapping, [parent.id for parent in short])
        return [replace(whole, how=parent.how) for whole, parent in zip(found, short, strict=True)]


def _lines(of: NestedType, mapping: str, parents: Sequence[Observation]) -> Iterator[Observation]:
    """All lines that parents show. Raises StopEntityType: one can not be told from others."""
    for parent in parents:
        met: set[str] = set()
        for line in of.lines(parent.payload or {}):
            own = of.own_id(line)
            if own is None or own in met:
                what = (
                    "two lines with one id"
                    if own is not None
                    else f"a line without an id at {of.it.id.property!r}"
                )
                raise StopEntityType(
                    f"{of.name}: {parent.id} has {what}",
                    remedy="Correct id of the entity type in its manifest, or the record in its system",
                )
            met.add(own)
            yield of.record(mapping, parent, line, own)


def _line(of: NestedType, mapping: str, parent: Observation, record_id: str) -> Observation:
    """One line of a parent that was fetched."""
    own = split_id(record_id)[1]
    for line in of.lines(parent.payload or {}):
        if own and of.own_id(line) == own:
            return of.record(mapping, parent, line, own)
    gone = Observation(mapping=mapping, id=record_id, how="fetch", asked_us=parent.asked_us, gone="missing")
    return replace(gone, gone="unreadable") if parent.gone == "unreadable" else gone
