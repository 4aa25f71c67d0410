"""What a manifest says of files beside what every manifest says."""

from typing import Literal

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["Exchange", "FileOptions", "FilesOptions"]


class FilesOptions(Part):
    """Of all files of the folder."""

    rest_s: float = Field(
        default=0.5,
        ge=0,
        description="A file that was changed less than so long ago may still be being written.",
    )


class Exchange(Part):
    """The other program drops exports, which match the entity type's `path`, and takes imports."""

    imports: str = Field(
        min_length=1, description="Name of import files, with a * for their number; Accord writes them."
    )
    content: Literal["full", "changes"] = Field(
        default="full", description="What an export holds: all records, or those that changed."
    )
    full: str = Field(
        default="", description="Where content is changes: the pattern of exports that hold all records."
    )
    order: Literal["name", "time"] = Field(
        default="name", description="What tells which export is newer: its name, or when it was changed."
    )
    deleted: str = Field(default="", description="Column of exports that marks deleted records.")
    deleted_words: tuple[str, ...] = Field(
        default=("1", "true", "yes", "d", "deleted", "delete"), description="What stands there of those."
    )
    ready: str = Field(
        default="", description="End of the name of a second file that says that an export is whole: .done"
    )
    unended_s: float = Field(
        default=60,
        ge=0,
        description="So long an export without a line end at its end has to rest before it is read.",
    )
    archive: str = Field(default="", description="Folder for exports that were read; default: they are left.")
    action: str = Field(
        default="action", min_length=1, description="Column of imports that says create, update or delete."
    )
    trigger: str = Field(
        default="", description="End of the name of an empty file that is put beside each import: .done"
    )


class FileOptions(Part):
    """Of one entity type."""

    columns: dict[str, str] = Field(
        default={}, description="Columns by property, where they have other names."
    )
    encoding: str = Field(
        default="", description="Default: as the file's mark says, else UTF-8, else Windows-1252."
    )
    delimiter: str = Field(default="", max_length=1, description="Of CSV; default: found out.")
    sheet: str = Field(default="", description="Of XLSX; default: the first one.")
    truth: tuple[str, str] = Field(default=("true", "false"), description="Words for true and false in CSV.")
    new_ids: Literal["uuid", "next", "given"] = Field(
        default="uuid",
        description="Ids of records that Accord makes: drawn, the next number, or a property it writes.",
    )
    exchange: Exchange | None = Field(
        default=None, description="Exports and imports in place of one file that both sides edit."
    )
