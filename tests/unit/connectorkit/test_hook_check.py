"""What does not fit in `webhooks` is told, each with what would be right."""

from copy import deepcopy
from typing import Any

import pytest

from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import ConfigError

GOOD: dict[str, Any] = {
    "name": "crm",
    "base_url": "https://crm.example",
    "types": {
        "Person": {"path": "p", "update": "patch", "properties": {"n": {}}},
        "Deal": {"path": "d", "update": "patch", "properties": {"n": {}}},
    },
    "webhooks": {
        "secret": "env:HOOKS",
        "verify": {"kind": "hmac", "header": "X-Sig", "signed": "{timestamp}.{body}"},
        "timestamp": {"header": "X-At"},
        "events": {"id": "id", "type": "type"},
        "subscriptions": {
            "create": {
                "method": "POST",
                "path": "hooks",
                "body": {"url": "{url}", "of": "{topics}", "end": "{until}"},
            },
            "renew": {"method": "PATCH", "path": "hooks/{id}", "body": {"end": "{until}"}},
            "remove": {"method": "DELETE", "path": "hooks/{id}"},
            "list": {"path": "hooks"},
            "lasts_s": 3600,
        },
    },
}


def with_(path: str, value: Any) -> dict[str, Any]:
    made = deepcopy(GOOD)
    node = made["webhooks"]
    *parents, leaf = path.split(".")
    for name in parents:
        node = node[name]
    if value is None:
        del node[leaf]
    else:
        node[leaf] = value
    return made


def test_a_manifest_whose_parts_fit():
    assert manifest_from(GOOD).webhooks


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("secret", None, "no secret is named"),
        ("secret", "hunter2", "is no reference to a secret"),
        ("verify", None, "verify is missing"),
        ("verify", {"kind": "hmack"}, "verify.kind is not known"),
        ("timestamp", None, "the timestamp that is signed stands nowhere"),
        ("timestamp", {"header": "X-At", "path": "at"}, "in a header or in the body"),
        ("timestamp", {"path": "at", "prefix": "t="}, "prefix and separator are of headers"),
        ("verify.signed", "{body}", "the timestamp is not signed"),
        ("verify.signed", "{timestamp}", "the body is not signed"),
        ("verify.signed", "{timestamp}{body}{event}", "the event's id that is signed stands nowhere"),
        ("verify.signed", "{timestamp}{body}{time}", "there is no {time}"),
        ("events.types", {"person": "Persons"}, "is no entity type here"),
        ("events.type", None, "nothing tells which entity type"),
        ("events.type", {}, "in a header or in the body"),
        ("handshake", {"kind": "body", "path": "a", "signs": "b"}, None),
        ("subscriptions.topics", {"Persons": ["x"]}, "is no entity type here"),
        ("subscriptions.create.body", {}, "the system is not told whom to call"),
        ("subscriptions.create.body.at", "{when}", "there is no {when}"),
        ("subscriptions.create.body.of", "{topic}", "{topic} does not go with per: all"),
        ("subscriptions.per", "topic", "{topics} does not go with per: topic"),
        ("subscriptions.remove.path", "hooks", "the call does not name the subscription"),
        ("subscriptions.lasts_s", None, "it is not said how long one lasts"),
    ],
)
def test_what_does_not_fit(path, value, what):
    if what is None:
        assert manifest_from(with_(path, value)).webhooks
        return
    with pytest.raises(ConfigError) as told:
        manifest_from(with_(path, value))
    assert what in str(told.value)
    assert "hunter2" not in str(told.value)
    assert all(fault.remedy for fault in told.value.faults)


def test_nothing_is_signed_for_anybody():
    made = with_("handshake", {"kind": "body", "path": "a", "signs": "b"})
    made["webhooks"] |= {"verify": {"kind": "none"}}
    del made["webhooks"]["timestamp"]
    with pytest.raises(ConfigError, match="it would sign what anybody sends"):
        manifest_from(made)


def test_a_secret_is_needed_where_it_is_told():
    made = with_("secret", None)
    made["webhooks"]["verify"] = {"kind": "none"}
    del made["webhooks"]["timestamp"]
    assert manifest_from(made).webhooks
    made["webhooks"]["subscriptions"]["create"]["body"]["key"] = "{secret}"
    with pytest.raises(ConfigError, match="no secret is named"):
        manifest_from(made)
