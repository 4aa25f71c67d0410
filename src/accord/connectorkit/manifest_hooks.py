"""How a system tells of changes by itself: webhooks, as a manifest states them (S9)."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, field_validator

from accord.connectorkit.manifest_auth import SecretRef
from accord.connectorkit.manifest_page import NoPages, Page
from accord.connectorkit.manifest_parts import Part
from accord.connectorkit.times import TimeFormat

__all__ = [
    "BasicVerify",
    "BodyHandshake",
    "BodyVerify",
    "Events",
    "Handshake",
    "HeaderVerify",
    "HmacVerify",
    "HookCall",
    "HookList",
    "NoVerify",
    "QueryHandshake",
    "QueryVerify",
    "Stamp",
    "Subscriptions",
    "Value",
    "Verify",
    "Webhooks",
]


class Value(Part):
    """Where a value stands in what is sent: in a header or in the body; `event: eventId` is short for the path."""

    header: str = Field(default="", description="Name of the header.")
    path: str = Field(default="", description="Path in the event; of the timestamp in the body.")
    separator: str = Field(
        default="", description="What parts a header with several values, such as `t=1,v1=2`: `,`."
    )
    prefix: str = Field(default="", description="Text before the value, or before those that count: `t=`.")


class Stamp(Value):
    """When it was sent."""

    format: TimeFormat = Field(default="epoch_s", description="iso, epoch_s or epoch_ms.")


class HmacVerify(Part):
    """A keyed hash of what is sent."""

    kind: Literal["hmac"] = Field(description="HMAC with the secret (RFC 2104).")
    header: str = Field(min_length=1, description="Header that carries it.")
    algorithm: Literal["sha256", "sha512", "sha1"] = Field(default="sha256", description="The hash.")
    encoding: Literal["hex", "base64"] = Field(default="hex", description="How it is written.")
    separator: str = Field(
        default="", description="What parts several signatures in the header; one must fit."
    )
    prefix: str = Field(
        default="", description="Text before it, or before those that count: `sha256=`, `v1=`."
    )
    signed: str = Field(
        default="{body}",
        description="What is hashed: {body} as it was sent, {timestamp} and {event} as they are written, {method}, and "
        "{url} as it was given to the system.",
    )
    key: Literal["text", "base64", "hex"] = Field(default="text", description="How the secret holds the key.")
    key_prefix: str = Field(default="", description="Text before the key in the secret, such as `whsec_`.")


class HeaderVerify(Part):
    """The secret itself, in a header."""

    kind: Literal["header"] = Field(description="A shared secret in a header.")
    header: str = Field(min_length=1, description="Name of the header.")
    prefix: str = Field(default="", description="Text before it, such as `Bearer `.")


class BasicVerify(Part):
    """User and password in the Authorization header; the secret is the password."""

    kind: Literal["basic"] = Field(description="HTTP basic authentication (RFC 7617).")
    user: str = Field(default="accord", description="The user.")


class BodyVerify(Part):
    """The secret itself, in each event."""

    kind: Literal["body"] = Field(description="A shared secret in the body.")
    path: str = Field(min_length=1, description="Path in the event.")


class QueryVerify(Part):
    """The secret itself, in the address that the system is given: whoever sees addresses in a log has it."""

    kind: Literal["query"] = Field(description="A shared secret in the address.")
    parameter: str = Field(default="key", min_length=1, description="Name of the parameter.")


class NoVerify(Part):
    """Nothing tells who sends it. Ids are not taken from there, since each would cost a call; the entity type is listed
    for what changed, however many such come."""

    kind: Literal["none"] = Field(description="Anybody may send it.")


Verify: TypeAlias = Annotated[
    HmacVerify | HeaderVerify | BasicVerify | BodyVerify | QueryVerify | NoVerify, Field(discriminator="kind")
]


class Events(Part):
    """What is told. All else in the body is not looked at: a webhook is a hint (S9)."""

    format: Literal["json", "form"] = Field(default="json", description="How the body is written.")
    items: str = Field(
        default="", description="Where the events stand; empty: the body is the event, or the list of them."
    )
    id: str = Field(
        default="",
        description='Path of the record\'s id in an event, "[]" after a name for each of a list; empty: not told.',
    )
    type: Value | None = Field(
        default=None,
        description="Where the word stands that tells the entity type; absent: it is told by the address.",
    )
    types: dict[str, str] = Field(
        default={},
        description='Entity type by such a word, "*" at its end for any rest; others are not ours. Default: topics, '
        "and names of entity types.",
    )
    event: Value | None = Field(
        default=None, description="Where the id of the event stands; one that came before is dropped."
    )

    version: Value | None = Field(
        default=None,
        description="Where the version of the record stands: one that was seen already is not read again. Only where "
        "versions are `exact`, and a delete makes a new one.",
    )

    @field_validator("type", "event", "version", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value


class QueryHandshake(Part):
    """The system asks whether the address is ours, and wants a parameter back as the text of the answer."""

    kind: Literal["query"] = Field(description="A challenge in the query.")
    parameter: str = Field(min_length=1, description="Parameter that is sent back: hub.challenge.")
    token: str = Field(default="", description="Parameter that must be the secret: hub.verify_token.")


class BodyHandshake(Part):
    """The system asks whether the address is ours, and wants a value of the body back."""

    kind: Literal["body"] = Field(description="A challenge in the body.")
    path: str = Field(min_length=1, description="Where it stands.")
    answer: str = Field(default="", description="Where it stands in the answer; empty: it is the answer.")
    signs: str = Field(
        default="", description="Where its HMAC (SHA-256, hex) with the secret stands in the answer."
    )


Handshake: TypeAlias = Annotated[QueryHandshake | BodyHandshake, Field(discriminator="kind")]


class HookCall(Part):
    """A call about a subscription. In path and body stand {id} of the subscription, {url} to be called, {secret},
    {until} when it ends, {topic} or, as a whole value, {topics}."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(description="HTTP method.")
    path: str = Field(min_length=1, description="Path, below the base URL.")
    body: dict[str, Any] = Field(default={}, description="What is sent; empty: nothing.")


class HookList(Part):
    """How subscriptions are listed. Ours are those whose address is ours."""

    path: str = Field(min_length=1, description="Path, below the base URL.")
    page: Page = Field(default=NoPages(style="none"), description="How the listing is cut into pages.")
    id: str = Field(default="id", min_length=1, description="Path of its id in a subscription.")
    url: str = Field(default="url", min_length=1, description="Path of the address that is called.")
    until: str = Field(default="", description="Path of when it ends.")


class Subscriptions(Part):
    """How the system is asked to tell. The hub makes, renews and removes them itself."""

    per: Literal["all", "type", "topic"] = Field(
        default="all", description="One for all, one for each entity type, or one for each topic."
    )
    topics: dict[str, tuple[str, ...]] = Field(
        default={}, description="Words for what is subscribed to, by entity type; default: its name."
    )
    create: HookCall = Field(description="Make one.")
    list: HookList = Field(description="List them: so that none is forgotten, or made twice.")
    remove: HookCall = Field(description="Remove one.")
    renew: HookCall | None = Field(
        default=None, description="Let one last longer; absent: a new one is made before it ends."
    )
    lasts_s: float | None = Field(default=None, ge=1, description="How long one lasts; absent: for ever.")
    format: TimeFormat = Field(default="iso", description="How {until} and `list.until` are written.")

    def words(self, entity_type: str) -> tuple[str, ...]:
        """Topics of an entity type."""
        return self.topics.get(entity_type, (entity_type,))


class Webhooks(Part):
    """How the system tells of changes by itself."""

    secret: SecretRef | None = Field(default=None, description="Reference to the secret that both know.")
    verify: Verify = Field(description="How we know that it is the system. There is no default.")
    timestamp: Stamp | None = Field(default=None, description="When it was sent; absent: it is not told.")
    window_s: float = Field(
        default=300,
        gt=0,
        description="What was sent longer ago, or is so far ahead, is refused; so long events are remembered.",
    )
    events: Events = Field(description="Where ids and entity types stand.")
    handshake: Handshake | None = Field(
        default=None, description="What the system asks before it tells anything; absent: nothing."
    )
    subscriptions: Subscriptions | None = Field(
        default=None, description="How it is asked to tell; absent: a person enters our address there."
    )
    answer: Literal[200, 201, 202, 204] = Field(default=202, description="What the system wants to hear.")
    most_bytes: int = Field(default=1_000_000, ge=1, description="A longer body is refused.")

    def entity_type(self, word: str, names: tuple[str, ...]) -> str | None:
        """Entity type that a word stands for; None: none of ours. `names` are those of the manifest."""
        told = self.events.types
        if word in told:
            return told[word]
        for start, name in told.items():
            if start.endswith("*") and word.startswith(start[:-1]):
                return name
        if told:
            return None
        topics = self.subscriptions.topics if self.subscriptions else {}
        found = next((name for name, words in topics.items() if word in words), None)
        return found or (word if word in names else None)
