"""What `accord.yaml` says of secrets: references, never the secrets themselves."""

from typing import Self

from pydantic import Field, model_validator

from accord.connectorkit.manifest_auth import SecretRef
from accord.project.schema_parts import Strict

__all__ = ["TokensConfig"]


class TokensConfig(Strict):
    """How the tokens of OAuth 2 are sealed."""

    key: SecretRef | None = Field(
        None,
        description="Reference to the key that seals them, 32 random characters or more; default: the file token.key "
        "beside the store, which is made.",
    )
    old_keys: list[SecretRef] = Field(
        default_factory=list,
        description="References to keys that were used before: they open, and seal nothing.",
    )

    @model_validator(mode="after")
    def sealed_anew(self) -> Self:
        """Old keys seal nothing."""
        if self.old_keys and self.key is None:
            raise ValueError("has `old_keys` and no `key`; Name the key that takes their place.")
        return self
