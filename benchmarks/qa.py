"""How long a checklist of many rows takes: python -m benchmarks.qa --rows 3000 --lag 0

Two systems, pairs of entity types with 50 text rows each, all bidirectional, performed on sandboxes in one process over
HTTP on loopback. Prints JSON: lines,
steps, and the seconds to derive and to perform.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.project import Project
from accord.project.load import project_from_text
from accord.qa.deriving import derive
from accord.qa.performing import run_on_sandbox

WIDE = 50


def systems(pairs: int, rows: int, lag_s: float) -> Mapping[str, Manifest]:
    """Two systems with whatever makes a sync quick: versions, a filter for changes, tombstones."""
    alike: dict[str, Any] = {
        "update": "patch",
        "version": {"property": "version", "etag": True, "order": "ordered", "exact": True},
        "conditional": "If-Match",
        "modified": "changed",
        "changes": {"parameter": "since", "format": "iso"},
        "tombstones": {"property": "deleted"},
        "idempotency": {},
        "lag_s": lag_s,
        "confirm_s": lag_s,
        "page": {"style": "cursor", "size": 500, "next": "next", "items": "items"},
    }
    return {
        name: Manifest.model_validate(
            {
                "name": name,
                "base_url": f"http://{name}.example",
                "rate": {"concurrent": 16},
                "types": {
                    f"T{n}": {
                        "path": f"t{n}",
                        **alike,
                        "properties": {f"{name}_{row}": {} for row in range(rows)},
                    }
                    for n in range(pairs)
                },
            }
        )
        for name in ("crm", "erp")
    }


def project(pairs: int, rows: int, lag_s: float) -> Project:
    """A project with so many pairs of so many rows."""
    told = {
        "version": 1,
        "name": "wide",
        "systems": {
            "crm": {"connector": "./crm.yaml", "priority": 2},
            "erp": {"connector": "./erp.yaml", "priority": 1},
        },
        "pairs": [
            {
                "from": f"crm.T{n}",
                "to": f"erp.T{n}",
                "create": {"forward": "always", "backward": "always"},
                "rows": [[f"crm_{row}", f"erp_{row}"] for row in range(rows)],
            }
            for n in range(pairs)
        ],
    }
    return project_from_text(json.dumps(told), Path("/nowhere"), manifests=systems(pairs, rows, lag_s))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--lag", type=float, default=0.0)
    asked = parser.parse_args()
    wide = min(WIDE, asked.rows)
    it = project(max(1, asked.rows // wide), wide, asked.lag)
    began = perf_counter()
    checklist = derive(it)
    derived = perf_counter()
    report = asyncio.run(run_on_sandbox(it, checklist))
    told = report.data()
    figures = {
        "rows": asked.rows,
        "lag_s": asked.lag,
        "lines": told["rows"],
        "passed": told["passed"],
        "steps": sum(len(check.steps) for check in report.checks),
        "derive_s": round(derived - began, 1),
        "perform_s": round(report.seconds, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
