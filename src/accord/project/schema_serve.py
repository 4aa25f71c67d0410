"""What `accord.yaml` says of the service: where it can be reached, and which systems tell it of changes."""

from typing import Any, ClassVar

from pydantic import Field

from accord.connectorkit.manifest_auth import SecretRef
from accord.connectorkit.urls import BaseUrl
from accord.project.schema_parts import Strict

__all__ = ["ServeConfig", "WebhooksConfig"]


class ServeConfig(Strict):
    """The service as others see it."""

    url: BaseUrl | None = Field(
        None,
        description="Its address for the systems, such as https://accord.example; none: none tells it anything.",
    )


class WebhooksConfig(Strict):
    """Whether a system tells of changes by itself. Short form: true or false."""

    short: ClassVar = {"type": "boolean"}

    enabled: bool = Field(True, description="false: it is not asked to, and what comes in is refused.")
    secret: SecretRef | None = Field(
        None, description="Reference to the secret that both know, where it differs from the manifest's."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"enabled": written} if isinstance(written, bool) else written
