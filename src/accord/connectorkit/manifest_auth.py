"""The ways in which a system wants to know who calls. Secrets stand in a manifest by reference only."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from accord.connectorkit.manifest_parts import Part
from accord.connectorkit.secrets import check_reference
from accord.connectorkit.urls import Url

__all__ = [
    "ApiKey",
    "Auth",
    "AuthorizationCode",
    "Basic",
    "Bearer",
    "ClientCredentials",
    "NoAuth",
    "RefreshToken",
    "SecretRef",
    "WithTokens",
    "secret_references",
]

SecretRef = Annotated[str, AfterValidator(check_reference)]
"""A reference to a secret: env:NAME, file:PATH or keyring:SERVICE/NAME."""


class NoAuth(Part):
    """Nobody is asked."""

    kind: Literal["none"] = Field(default="none", description="No authentication.")


class Basic(Part):
    """User and password in the Authorization header (RFC 7617)."""

    kind: Literal["basic"] = Field(description="HTTP basic authentication.")
    user: SecretRef = Field(description="Reference to the user name.")
    password: SecretRef = Field(description="Reference to the password.")


class ApiKey(Part):
    """A key in a header or in the query."""

    kind: Literal["api_key"] = Field(description="A key of the account.")
    key: SecretRef = Field(description="Reference to the key.")
    place: Literal["header", "query"] = Field(default="header", description="Where the key is sent.")
    name: str = Field(default="X-Api-Key", min_length=1, description="Name of the header or parameter.")
    prefix: str = Field(default="", description='Text before the key, e.g. "Token ".')


class Bearer(Part):
    """A token in the Authorization header (RFC 6750)."""

    kind: Literal["bearer"] = Field(description="A bearer token that does not expire.")
    token: SecretRef = Field(description="Reference to the token.")


class _OAuth2(Part):
    token_url: Url = Field(description="Where access tokens are fetched.")
    client_id: SecretRef = Field(description="Reference to the client id.")
    client_secret: SecretRef = Field(description="Reference to the client secret.")
    scopes: tuple[str, ...] = Field(default=(), description="Scopes that are asked for.")
    client_auth: Literal["body", "basic"] = Field(default="body", description="How the client names itself.")


class ClientCredentials(_OAuth2):
    """OAuth 2 client credentials (RFC 6749, 4.4)."""

    kind: Literal["oauth2_client_credentials"] = Field(description="The program is its own account.")


class RefreshToken(_OAuth2):
    """OAuth 2 refresh token (RFC 6749, 6); a system may hand out a new refresh token with each access token."""

    kind: Literal["oauth2_refresh_token"] = Field(description="A person allowed the program to act for them.")
    authorize_url: str = Field(default="", description="Where that person is sent to allow it.")
    refresh_token: SecretRef = Field(description="Reference to the first refresh token.")


class AuthorizationCode(_OAuth2):
    """OAuth 2 authorization code (RFC 6749, 4.1): a person allows it in a browser, once, by `accord connect SYSTEM`."""

    kind: Literal["oauth2_code"] = Field(description="A person allows the program to act for them.")
    authorize_url: Url = Field(description="The page where that person allows it.")
    client_secret: SecretRef = Field(
        default="", description="Reference to the client secret; absent: a public client, which has none."
    )
    pkce: bool = Field(
        default=True, description="Proof that who asked is who gets the tokens (RFC 7636, S256)."
    )
    authorize: dict[str, str] = Field(
        default_factory=dict, description="Further parameters of that page, e.g. access_type: offline."
    )
    redirect_url: str = Field(
        default="",
        description="Where the page leads back to, as it is registered with the system; default: any free port of "
        "127.0.0.1 (RFC 8252).",
    )
    refresh_days: float | None = Field(
        default=None,
        gt=0,
        description="So long is a refresh token good, where the system does not say it itself.",
    )


Auth: TypeAlias = Annotated[
    NoAuth | Basic | ApiKey | Bearer | ClientCredentials | RefreshToken | AuthorizationCode,
    Field(discriminator="kind"),
]

WithTokens: TypeAlias = ClientCredentials | RefreshToken | AuthorizationCode
"""Ways to log in with an access token that ends."""


def secret_references(auth: Auth) -> dict[str, str]:
    """References to the secrets of a way to log in, by setting; not those that may be absent, and are."""
    fields = type(auth).model_fields
    return {
        name: getattr(auth, name)
        for name, field in fields.items()
        if any(isinstance(it, AfterValidator) and it.func is check_reference for it in field.metadata)
        and getattr(auth, name)
    }
