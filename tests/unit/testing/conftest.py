"""A small system to play with: contacts that may refer to companies."""

from copy import deepcopy
from random import Random

import pytest

from accord.connectorkit.manifest_load import manifest_from
from accord.testing.connector_contract import PlayedClock
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import Quirks, SystemModel

PERSON = {
    "path": "/people",
    "id": {"property": "id", "type": "integer"},
    "properties": {
        "name": {"required": True, "max_length": 10, "normalises": ["trim"]},
        "email": {"unique": True},
        "kind": {"enum": ["a", "b"], "default": "a"},
        "code": {"create_only": True},
        "total": {"type": "decimal", "read_only": True},
        "address.city": {},
        "address.zip": {},
        "firm": {"type": "integer", "reference": "Company"},
    },
    "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": "changed",
    "created": "made",
    "update": "patch",
    "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "errors": {"message": "errors[].detail", "property": "errors[].field"},
    "idempotency": {"valid_s": 60},
}
COMPANY = {
    "path": "/companies",
    "id": {"property": "no", "type": "integer"},
    "properties": {"title": {}},
    "update": "replace",
    "page": {"style": "none"},
}


class System:
    """A model, its connector and their clock."""

    def __init__(self, quirks, seed, person):
        spec = deepcopy(PERSON)
        spec.update(person)
        spec = {name: value for name, value in spec.items() if value is not None}
        manifest = manifest_from(
            {"name": "crm", "base_url": "http://crm.example", "types": {"Person": spec, "Company": COMPANY}}
        )
        self.clock = PlayedClock()
        self.model = SystemModel(
            manifest,
            clock=self.clock.now_us,
            random=Random(seed),
            quirks={"Person": Quirks(**(quirks or {}))},
        )
        self.connector = ModelConnector(self.model, clock=self.clock.now_us)

    def add(self, *names, **more):
        """Ids of people that somebody entered."""
        return [self.model.person_create("Person", {"name": name, **more}).id for name in names]

    def record(self, record_id):
        return self.model.tables()["Person"].get(record_id)


@pytest.fixture
def system():
    def build(quirks=None, seed=1, **person):
        return System(quirks, seed, person)

    return build
