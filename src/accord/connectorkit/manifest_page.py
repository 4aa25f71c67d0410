"""The ways in which listings are cut into pages."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["CursorPages", "LinkHeader", "NextLink", "NoPages", "NumberedPages", "OffsetPages", "Page"]


class _Items(Part):
    items: str = Field(
        default="", description="Where the list stands in the answer; empty: the answer is the list."
    )


class _Sized(_Items):
    size: int = Field(default=100, ge=1, description="Records asked for per page.")
    size_parameter: str = Field(
        default="limit", description="Query parameter of the size; empty: can not be asked."
    )


class NoPages(_Items):
    """All records come in one answer."""

    style: Literal["none"] = Field(description="No paging.")


class NumberedPages(_Sized):
    """Pages have numbers."""

    style: Literal["page"] = Field(description="Paging by page number.")
    parameter: str = Field(default="page", min_length=1, description="Query parameter of the number.")
    first: int = Field(default=1, ge=0, description="Number of the first page.")


class OffsetPages(_Sized):
    """Pages begin after so many records."""

    style: Literal["offset"] = Field(description="Paging by offset.")
    parameter: str = Field(default="offset", min_length=1, description="Query parameter of the offset.")


class CursorPages(_Sized):
    """Each answer holds a token that asks for the next page."""

    style: Literal["cursor"] = Field(description="Paging by token.")
    parameter: str = Field(default="cursor", min_length=1, description="Query parameter of the token.")
    next: str = Field(
        min_length=1, description="Where the token stands in the answer; absent or null: the last page."
    )


class LinkHeader(_Sized):
    """Each answer links to the next page in its Link header (RFC 8288, rel="next")."""

    style: Literal["link_header"] = Field(description="Paging by Link header.")


class NextLink(_Sized):
    """Each answer holds the URL of the next page."""

    style: Literal["next_link"] = Field(description="Paging by a URL in the answer.")
    next: str = Field(
        min_length=1, description="Where the URL stands in the answer; absent or null: the last page."
    )
    counts: bool = Field(
        default=False,
        description="The URL counts records, as OData's $skiptoken often does: a listing of several pages is read "
        "twice, for what moves meanwhile would be missed (S8).",
    )


Page: TypeAlias = Annotated[
    NoPages | NumberedPages | OffsetPages | CursorPages | LinkHeader | NextLink, Field(discriminator="style")
]
