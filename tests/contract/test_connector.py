"""The connectors keep the contract of the port, whatever a manifest's style."""

from typing import Any

from accord.testing.connector_contract import ConnectorContract
from tests.contract.connector_rigs import builtin, in_memory, manifest_with, modelled, served

TOKENS = {"style": "cursor", "size": 3, "next": "paging.next.after", "items": "results"}
ETAG = {"etag": True, "order": "opaque", "exact": True}
OUR_ID = {
    "properties": {"name": {"max_length": 40}, "note": {}, "spare": {}, "hub": {"unique": True}},
    "our_id": {"property": "hub", "unique": True},
}


class TestModel(ConnectorContract):
    def rig(self) -> Any:
        return modelled(manifest_with(lag_s=2, clock_error_s=2, idempotency={}), "Person")


class TestModelByOffset(ConnectorContract):
    def rig(self) -> Any:
        return modelled(
            manifest_with(page={"style": "offset", "size": 3, "items": "d"}, clock_error_s=2, **OUR_ID),
            "Person",
        )


class TestCursorPages(ConnectorContract):
    """Creates are found among the changes."""

    def rig(self) -> Any:
        return in_memory(
            manifest_with(lag_s=2, idempotency={}, page=TOKENS, search={"changes": True}), "Person"
        )


class TestOffsetPages(ConnectorContract):
    """With a flag for deletes, and a search by our id."""

    def rig(self) -> Any:
        page = {"style": "offset", "size": 3, "items": "data", "parameter": "skip", "size_parameter": "take"}
        search = {"our_id": "hub", "deleted": True}
        return in_memory(
            manifest_with(page=page, tombstones={"property": "gone"}, search=search, **OUR_ID), "Person"
        )


class TestNumberedPages(ConnectorContract):
    """The answer is the list; versions are ETags alone; wrapped records; whole records are replaced."""

    def rig(self) -> Any:
        page = {"style": "page", "size": 3, "first": 0}
        return in_memory(manifest_with(page=page, version=ETAG, wraps="person", update="replace"), "Person")


class TestLinkHeader(ConnectorContract):
    """Deletes have an endpoint; ids are numbers; the feed reaches back an hour."""

    def rig(self) -> Any:
        return in_memory(
            manifest_with(
                page={"style": "link_header", "size": 3},
                id={"property": "no", "type": "integer"},
                tombstones={"path": "/people/deleted", "id": "ref"},
                changes={"parameter": "since", "format": "epoch_ms", "reaches_s": 7200},
                search={"created_since": "made_since", "format": "epoch_s"},
                lag_s=1,
            ),
            "Person",
        )


class TestNextLink(ConnectorContract):
    """The filter counts versions; replies hold no records."""

    def rig(self) -> Any:
        return in_memory(
            manifest_with(
                page={"style": "next_link", "size": 3, "items": "value", "next": "@next"},
                changes={"parameter": "after", "format": "version"},
                version={"property": "rev", "etag": True, "order": "ordered", "exact": True},
                replies={"create": "id", "update": "none"},
                idempotency={"header": "X-Request-Id"},
            ),
            "Person",
        )


class TestWithoutPagesAndFilter(ConnectorContract):
    """Nothing but a list; no conditional header, so that a record is read before it is written."""

    def rig(self) -> Any:
        return in_memory(
            manifest_with(
                page={"style": "none", "items": "all"},
                changes=None,
                conditional=None,
                modified={"property": "changed", "resolution": "s"},
                absent={"listing": None, "fetch": None},
                record="person",
                success={"path": "ok", "equals": "yes"},
            ),
            "Person",
        )


class TestServedCursorPages(ConnectorContract):
    def rig(self) -> Any:
        return served(manifest_with(lag_s=2, idempotency={}, tombstones={"property": "gone"}), "Person")


class TestServedLinkHeader(ConnectorContract):
    def rig(self) -> Any:
        return served(
            manifest_with(
                page={"style": "link_header", "size": 3}, version=ETAG, modified=None, changes=None
            ),
            "Person",
        )


class TestCrmofficeContacts(ConnectorContract):
    def rig(self) -> Any:
        return served(builtin("crmoffice", "Contacts"), "Contacts")


class TestCrmofficeCompanies(ConnectorContract):
    def rig(self) -> Any:
        return in_memory(builtin("crmoffice", "Companies"), "Companies")


class TestCrmofficeActivities(ConnectorContract):
    def rig(self) -> Any:
        return in_memory(builtin("crmoffice", "Activities"), "Activities")


class TestCustomerpContact(ConnectorContract):
    def rig(self) -> Any:
        return served(builtin("customerp", "Contact"), "Contact")


class TestCustomerpProduct(ConnectorContract):
    def rig(self) -> Any:
        return in_memory(builtin("customerp", "Product"), "Product")


class TestCustomerpProject(ConnectorContract):
    def rig(self) -> Any:
        return in_memory(builtin("customerp", "Project"), "Project")
