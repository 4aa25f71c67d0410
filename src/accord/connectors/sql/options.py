"""What a manifest says of a database beside what every manifest says."""

from typing import Literal

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["SqlOptions", "TableOptions"]


class SqlOptions(Part):
    """Of the database."""

    page: int = Field(default=1000, ge=1, description="Rows that are read at a time.")


class TableOptions(Part):
    """Of one table or view, whose name is `path`: TABLE or SCHEMA.TABLE."""

    columns: dict[str, str] = Field(
        default={}, description="Columns by property, where they have other names."
    )
    key: tuple[str, ...] = Field(
        default=(), description="Columns of a key of several; their values, joined by /, are the id."
    )
    stamps: dict[str, Literal["now", "next"]] = Field(
        default={},
        description="Columns that whoever writes has to set, where no trigger does: now, or one more than before.",
    )
