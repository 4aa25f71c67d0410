"""What a manifest says of collections beside what every manifest says."""

from typing import Literal

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["CollectionOptions"]


class CollectionOptions(Part):
    """Of one entity type."""

    holds: Literal["contacts", "tasks", "events"] = Field(
        default="contacts", description="What its records are: vCards, or VTODO or VEVENT of iCalendar."
    )
    lines: dict[str, str] = Field(
        default={},
        description="Where properties stand, by path: NAME, NAME/FIELD, NAME;TYPE=work, NAME;TYPE!=cell. The usual "
        "ones are known; the page of the connector lists them.",
    )
    form: Literal["3.0", "4.0"] = Field(default="3.0", description="Version of vCards that Accord makes.")
