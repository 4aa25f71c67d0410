"""What a manifest says of files beside what every manifest says."""

from typing import Literal

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["FileOptions", "FilesOptions"]


class FilesOptions(Part):
    """Of all files of the folder."""

    rest_s: float = Field(
        default=0.5,
        ge=0,
        description="A file that was changed less than so long ago may still be being written.",
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
