"""The body of a refusal, put where the manifest says that messages and names of properties stand."""

from collections.abc import Sequence
from typing import Any

from accord.connectorkit.manifest_parts import Errors
from accord.testing.system_model.answers import Complaint

__all__ = ["error_body"]


def error_body(errors: Errors, complaints: Sequence[Complaint]) -> dict[str, Any]:
    """What the system answers: each complaint in its own element where the path goes through a list, else the first. Of
    several paths the first one counts."""
    body: dict[str, Any] = {}
    if not errors.message:
        body["message"] = "; ".join(c.message for c in complaints)
    message, name = (path.partition("|")[0].strip() for path in (errors.message, errors.property))
    for index, complaint in enumerate(complaints):
        if message:
            _put(body, message, index, complaint.message)
        if name and complaint.property:
            _put(body, name, index, complaint.property)
    return body


def _put(body: dict[str, Any], path: str, index: int, value: str) -> None:
    if index and "[]" not in path:
        return
    node = body
    *parents, leaf = path.split(".")
    for name in parents:
        if name.endswith("[]"):
            elements = node.setdefault(name.removesuffix("[]"), [])
            elements.extend({} for _ in range(index + 1 - len(elements)))
            node = elements[index]
        else:
            node = node.setdefault(name, {})
    if leaf.endswith("[]"):
        node.setdefault(leaf.removesuffix("[]"), []).append(value)
    else:
        node[leaf] = value
