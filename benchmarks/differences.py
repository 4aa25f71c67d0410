"""Do both servers show the same people? In a process of its own, for the memory of the one that is measured counts."""

from typing import Any

from benchmarks.servers import PORTS, get

__all__ = ["differences"]

OWN = {"id", "version", "created_at", "updated_at"}
"""What each system says for itself alone."""


def differences() -> int:
    """People whom the servers do not show alike, or whom only one of them has."""
    first, second = (_people(port) for port in PORTS)
    return sum(first.get(email) != second.get(email) for email in first.keys() | second.keys())


def _people(port: int) -> dict[str, dict[str, Any]]:
    """What a server shows of each person, by e-mail."""
    found: dict[str, dict[str, Any]] = {}
    after = 0
    while True:
        page = get(port, f"/contacts?limit=5000&after={after}")
        found |= {each["email"]: {k: v for k, v in each.items() if k not in OWN} for each in page["results"]}
        if page["paging"]["next"] is None:
            return found
        after = page["paging"]["next"]["after"]


if __name__ == "__main__":
    print(differences())
