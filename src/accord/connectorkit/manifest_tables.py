"""The tables of a connector's page, made from its manifest so that the page can not fall behind it."""

from collections.abc import Iterator

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_parts import PropertySpec

__all__ = ["manifest_tables"]


def manifest_tables(manifest: Manifest) -> str:
    """Markdown: each entity type with its properties, and all that is assumed, each with the reason."""
    lines = [line for name, it in manifest.types.items() for line in _type(name, it)]
    lines += _assumptions(manifest)
    return "\n".join(lines)


def _type(name: str, it: EntityType) -> Iterator[str]:
    yield from (f"### {name}", "", f"{it.description} `{it.path}`".strip(), "")
    yield from ("| property | type | what else |", "| --- | --- | --- |")
    for path, spec in it.properties.items():
        yield f"| `{path}` | {spec.type} | {'; '.join(_facts(spec))} |"
    yield ""


def _facts(spec: PropertySpec) -> Iterator[str]:
    flags = {
        "required": spec.required,
        "read-only": spec.read_only,
        "create-only": spec.create_only,
        "unique": spec.unique,
    }
    yield from (name for name, is_set in flags.items() if is_set)
    if spec.max_length is not None:
        yield f"at most {spec.max_length} characters"
    if spec.scale is not None:
        yield f"{spec.scale} decimals"
    if spec.zone:
        yield f"local time of {spec.zone}"
    if spec.enum:
        yield "one of " + ", ".join(f"`{value}`" for value in spec.enum)
    if spec.reference:
        yield f"id of a {spec.reference}"
    if spec.normalises:
        yield "the system applies " + ", ".join(spec.normalises)
    if spec.assumed:
        yield "*assumed*"
    if spec.description:
        yield spec.description.rstrip(".")


def _assumptions(manifest: Manifest) -> Iterator[str]:
    """What entity types share is told once: a place under `types.*`."""
    told = list(manifest.assumptions())
    if not told:
        return
    names = list(manifest.types)
    yield from ("### What is assumed", "", "| setting | why |", "| --- | --- |")
    seen: set[tuple[str, str]] = set()
    for place, why in told:
        top, _, rest = place.partition(".")
        shared = rest.partition(".")[2]
        everywhere = top == "types" and all((f"types.{name}.{shared}", why) in told for name in names)
        row = (f"types.*.{shared}" if everywhere else place, why)
        if row not in seen:
            seen.add(row)
            yield f"| `{row[0]}` | {why} |"
    yield ""
