"""What `accord.yaml` says of the store."""

from typing import Any, ClassVar

from pydantic import Field

from accord.connectorkit.manifest_auth import SecretRef
from accord.project.schema_parts import Strict

__all__ = ["StoreConfig"]


class StoreConfig(Strict):
    """Where the state is kept: the path of an SQLite file, or a database on a PostgreSQL server."""

    short: ClassVar = {"type": "string"}

    url: str = Field(
        description="Path, relative to this folder; or postgresql://user@host:port/database, with ?schema=name where "
        "it is not accord_NAME."
    )
    password: SecretRef | None = Field(
        None, description="Reference to the password of the server; default: PGPASSWORD, or ~/.pgpass."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        """A text is the path or the address."""
        return {"url": written} if isinstance(written, str) else written
