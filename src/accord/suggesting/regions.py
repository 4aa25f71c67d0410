"""Which countries the phone numbers of some records may be of, where they are written without a country code."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import phonenumbers

from accord.core.lens.phone import is_region
from accord.suggesting.field import Field

__all__ = ["regions_of"]

_MOST: Final = 3
_LOOKED_AT: Final = 200


def regions_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """Regions by how often numbers with a code, and properties named like a country, have them; the commonest first."""
    counts = Counter(region for field in fields for region in _regions(field))
    return tuple(region for region, _ in counts.most_common(_MOST))


def _regions(field: Field) -> Iterator[str]:
    values = [field.values[at] for at in field.filled[:_LOOKED_AT]]
    if "country" in field.name.meanings:
        yield from (str(v).strip().upper() for v in values if is_region(str(v).strip().upper()))
    for value in values:
        if isinstance(value, str) and value.lstrip().startswith("+") and (region := _region(value)):
            yield region


def _region(text: Any) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_country_code(number.country_code or 0).replace("ZZ", "")
