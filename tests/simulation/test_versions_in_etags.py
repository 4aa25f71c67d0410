"""A system whose versions stand in the ETag of a single record and in no listing: nobody is written over (W2, M4)."""

from pathlib import Path

import yaml

from tests.e2e.shop import run_here

CUSTOMERS = {
    "name": "customers",
    "base_url": "http://played.example",
    "types": {
        "Customer": {
            "path": "customers",
            "properties": {"name": {"required": True}, "email": {}, "city": {}},
            "update": "patch",
            "page": {"style": "cursor", "size": 500, "items": "items", "next": "next"},
            "modified": "changed",
            "changes": {"parameter": "since", "format": "iso"},
            "tombstones": {"property": "deleted"},
            "version": {"etag": True, "order": "opaque", "exact": True},
            "conditional": "If-Match",
            "idempotency": {"valid_s": 86400},
            "max_request_s": 2,
        }
    },
}
PROJECT = {
    "version": 1,
    "name": "customers",
    "systems": {"crm": {"connector": "crmoffice", "priority": 2}, "erp": {"connector": "./customers.yaml"}},
    "pairs": [
        {
            "from": "crm.Companies",
            "to": "erp.Customer",
            "create": {"forward": "always", "backward": "always"},
            "delete": "propagate",
            "match": [[["email", "email"]]],
            "rows": [["name", "name"], ["email", "email"], ["visitAddress.postalArea", "city"]],
        }
    ],
}


def test_w2_m4_nothing_is_lost_where_listings_show_no_versions(tmp_path: Path) -> None:
    for name, data in (("customers.yaml", CUSTOMERS), ("accord.yaml", PROJECT)):
        (tmp_path / name).write_text(yaml.safe_dump(data), encoding="utf-8")
    told = run_here("-C", str(tmp_path), "simulate", "--worlds", "25")
    assert told.code == 0, told.out
    assert "Every promise was kept" in told.out
