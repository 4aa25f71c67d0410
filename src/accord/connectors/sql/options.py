"""What a manifest says of a database beside what every manifest says."""

from typing import Literal

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["LogOptions", "SqlOptions", "TableOptions"]


class SqlOptions(Part):
    """Of the database."""

    page: int = Field(default=1000, ge=1, description="Rows that are read at a time.")
    notify: str = Field(
        default="",
        max_length=63,
        description="Channel of PostgreSQL on which triggers tell which table has changed; empty: nobody tells.",
    )


class LogOptions(Part):
    """How the log of PostgreSQL is read (logical decoding by pgoutput)."""

    slot: str = Field(
        pattern=r"^[a-z0-9_]{1,63}$",
        description="Replication slot, this entity type's alone; it is made by the first reading.",
    )
    publication: str = Field(
        min_length=1, max_length=63, description="Publication that names the table; several may share it."
    )


class TableOptions(Part):
    """Of one table or view, whose name is `path`: TABLE or SCHEMA.TABLE."""

    columns: dict[str, str] = Field(
        default={}, description="Columns by property, where they have other names."
    )
    stamps: dict[str, Literal["now", "next"]] = Field(
        default={},
        description="Columns that whoever writes has to set, where no trigger does: now, or one more than before.",
    )
    log: LogOptions | None = Field(
        default=None,
        description="Changes and deletes from the log of PostgreSQL, with changes: {format: token}.",
    )
