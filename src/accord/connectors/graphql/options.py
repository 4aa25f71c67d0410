"""What a manifest says of GraphQL beside what every manifest says."""

from typing import Any

from pydantic import Field

from accord.connectorkit.manifest_parts import Part

__all__ = ["Call", "GraphqlOptions"]


class Call(Part):
    """One query or mutation. {fields} in it stands for the properties of the entity type."""

    query: str = Field(min_length=1, description="The document, with variables.")
    at: str = Field(
        min_length=1,
        description="Where the records stand in `data`: customers.nodes, customers.edges[].node.",
    )


class GraphqlOptions(Part):
    """Of one entity type."""

    list: Call = Field(
        description="All records. Its variables are first and after, and those that changes and search name."
    )
    filter: dict[str, Any] = Field(
        default={},
        description="What the variable filter is, by the parameter that changes or search name, {} being the value: "
        "since: {updatedAt: {gte: '{}'}}. Parameters that are not here are variables themselves.",
    )
    info: str = Field(
        default="", description="Where pageInfo stands in `data`; empty: all come in one answer."
    )
    size: int = Field(default=100, ge=1, description="Records asked for per page: the variable first.")
    one: Call = Field(description="One record by the variable id.")
    create: Call | None = Field(
        default=None, description="Makes one of the variable input; absent: none does."
    )
    update: Call | None = Field(
        default=None, description="Changes the one of id by the variable input; absent: none does."
    )
    delete: Call | None = Field(default=None, description="Deletes the one of id; absent: none does.")
    refused: str = Field(
        default="",
        description="Where mutations list what they refuse, below their field; default: userErrors or errors.",
    )
    missing: str = Field(
        default="", description="Expression that is found in messages which say that there is no such record."
    )
