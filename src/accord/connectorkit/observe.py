"""Turns a payload into an `Observation`, as the manifest says where things stand. Compiled once per entity type."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import IdSpec, TimeSpec
from accord.connectorkit.paths import copied, get_at, getter, put_at
from accord.connectorkit.times import time_reader
from accord.core.observation import Observation
from accord.core.values import MISSING

__all__ = ["How", "Observer", "canonical_id", "joined_id", "name_of", "parted_id"]

How = Literal["listing", "fetch", "feed", "reply", "search"]


def name_of(mapping: str) -> str:
    """Entity type that a mapping key "system.Type#facet" is about, as the manifest names it: it may hold dots."""
    entity_type = mapping.partition("#")[0]
    return entity_type.partition(".")[2] or entity_type


def canonical_id(raw: Any, spec: IdSpec) -> str:
    """The one spelling of a remote id."""
    text = str(raw)
    if spec.case == "keep":
        return text
    return text.lower() if spec.case == "lower" else text.upper()


def joined_id(payload: Mapping[str, Any], spec: IdSpec) -> str | None:
    """The id that is made of several properties; None where one is not there."""
    parts: list[str] = []
    for path, form in spec.parts.items():
        raw = get_at(payload, path)
        if not isinstance(raw, str | int) or isinstance(raw, bool) or not _can_be_kept(raw):
            return None
        text = str(raw)
        parts.append(f"{path}={text}" if form == "bare" else f"{path}='{text.replace(chr(39), chr(39) * 2)}'")
    return canonical_id(",".join(parts), spec)


def parted_id(record_id: str, spec: IdSpec) -> list[str] | None:
    """The values that an id is made of, as texts in the order of its parts; None where it is not made so."""
    found: list[str] = []
    rest = record_id
    for number, (path, form) in enumerate(spec.parts.items()):
        start = f"{',' if number else ''}{path}="
        if not rest.startswith(start):
            return None
        match = _PART[form].match(rest, len(start))
        if match is None:
            return None
        found.append(match[1].replace("''", "'") if form == "text" else match[1])
        rest = rest[match.end() :]
    return None if rest else found


_PART: Final = {"text": re.compile(r"'((?:[^']|'')+)'"), "bare": re.compile(r"([^,]+)")}


def _can_be_kept(raw: str | int) -> bool:
    text = str(raw)
    try:
        return text != "" and "\0" not in text and (text.isascii() or bool(text.encode()))
    except UnicodeEncodeError:
        return False


class Observer:
    """Observations of one entity type. Times of the system are taken back by its clock's offset (M3)."""

    def __init__(self, it: EntityType) -> None:
        self._it = it
        self._id = getter(it.id.property)
        self._modified = _time(it.modified)
        self._created = _time(it.created)
        self._our_id = getter(it.our_id.property) if it.our_id else None
        self._successor = getter(it.successor) if it.successor else None
        self._flag = getter(it.tombstones.property) if it.tombstones and it.tombstones.property else None
        self._version = getter(it.version.property) if it.version and it.version.property else None
        self._order = _order(it)
        one = it.one_absence()
        self._fills = {
            how: one == "silent" and getattr(it.absent, "listing" if how == "search" else how) == "null"
            for how in ("listing", "feed", "fetch", "reply", "search")
        }

    def id_of(self, payload: Mapping[str, Any]) -> str | None:
        """Canonical id that a payload names, or None: an object, a list, a truth value, or a text that no store keeps
        (with the character NUL, or half a surrogate pair), is none."""
        if self._it.id.parts:
            return joined_id(payload, self._it.id)
        raw = self._id(payload)
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)  # 7.0 is 7 spelled otherwise
        named = isinstance(raw, str | int) and not isinstance(raw, bool) and _can_be_kept(raw)
        return canonical_id(raw, self._it.id) if named else None

    def observe(
        self,
        mapping: str,
        payload: Mapping[str, Any],
        how: How,
        asked_us: int,
        *,
        etag: str = "",
        offset_us: int = 0,
    ) -> Observation:
        """What a payload shows. `offset_us`: how far the system's clock is ahead of ours.

        Raises ValueError: the payload names no record.
        """
        found = self.id_of(payload)
        if found is None:
            raise ValueError("no id")
        seen = Observation(
            mapping=mapping, id=found, how=how, asked_us=asked_us, payload=payload, offset_us=offset_us
        )
        seen.version = self.version_of(payload, etag)
        if seen.version is not None and self._order is not None:
            seen.order = self._order(seen.version)
        if self._modified and (at := self._modified(payload)) is not None:
            seen.modified_us = at - offset_us
        if self._created and (at := self._created(payload)) is not None:
            seen.created_us, seen.born_us = at - offset_us, at
        if self._our_id:
            seen.our_id = _text(self._our_id(payload))
        if self._successor:
            seen.successor = _text(self._successor(payload))
            seen.successor_type = self._it.successor_type if seen.successor else ""
        if seen.successor or (self._flag and self._flag(payload) not in (MISSING, None, False, "")):
            seen.gone, seen.proven = "merged" if seen.successor else "deleted", how in ("feed", "listing")
            seen.payload = None
        elif self._fills[how]:
            seen.payload = self._filled(payload)
        return seen

    def version_of(self, payload: Mapping[str, Any], etag: str) -> str | None:
        """Version token: the property where there is one, else the ETag (verbatim, or bare where it repeats one)."""
        if self._version is not None:
            raw = self._version(payload)
            if raw is not MISSING and raw is not None:
                return str(raw)
            return bare_etag(etag) or None
        return etag or None if self._it.version and self._it.version.etag else None

    def condition(self, version: str) -> str:
        """What the conditional header says to name a version."""
        version_spec = self._it.version
        if version_spec and version_spec.etag and version_spec.property:
            return f'"{version}"'
        return version

    def _filled(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        full: dict[str, Any] = copied(payload)
        for path in self._it.properties:
            if get_at(full, path) is MISSING:
                put_at(full, path, None)
        return full


def bare_etag(etag: str) -> str:
    """An ETag without W/ and quotes."""
    return etag.removeprefix("W/").strip('"')


def _text(raw: Any) -> str:
    return "" if raw is MISSING or raw is None else str(raw)


def _time(spec: TimeSpec | None) -> Callable[[Mapping[str, Any]], int | None] | None:
    if spec is None:
        return None
    get, read = getter(spec.property), time_reader(spec.format, spec.zone)
    return lambda payload: read(get(payload))


def _order(it: EntityType) -> Callable[[str], int | None] | None:
    """Reader of an ordered version: a whole number, or the time that the property holds."""
    if it.version is None or it.version.order != "ordered":
        return None
    if it.modified and it.version.property == it.modified.property:
        spec = it.modified
        read = time_reader(spec.format, spec.zone)
        return lambda text: read(text if spec.format == "iso" else _number(text))
    return lambda text: _number(bare_etag(text))


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
