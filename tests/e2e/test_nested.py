"""Lines that stand inside orders in one system, and by themselves in another, in sync over real servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from accord.runtime.crash_points import VARIABLE
from tests.e2e.shop import Result, Sandbox, call, run_here
from tests.waiting import PATIENCE_S

PROJECT = """\
version: 1
name: orders
systems:
  crm: {connector: ./crm.yaml, url: CRM}
  shop: {connector: ./shop.yaml, url: SHOP}
pairs:
  - from: crm.Order
    to: shop.Order
    create: {forward: always, backward: always}
    match: [[[number, number]]]
    rows:
      - [number, number]
  - from: crm.Line
    to: shop.Line
    create: {forward: always, backward: always}
    delete: propagate
    match: [[[code, code]]]
    rows:
      - [order, order]
      - [code, code]
      - [text, text]
"""
ALIKE: dict[str, Any] = {
    "id": {"property": "id", "type": "integer"},
    "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": {"property": "changed", "resolution": "us"},
    "created": "made",
    "update": "patch",
    "page": {"style": "cursor", "size": 2, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "idempotency": {"valid_s": 3600},
    "confirm_s": 0.1,
    "max_request_s": 1,
}
ORDER = {**ALIKE, "path": "orders", "properties": {"number": {}, "discount": {"type": "integer"}}}
LINE = {"code": {"unique": True}, "text": {"max_length": 60}}
FLAT = {**ALIKE, "path": "lines", "tombstones": {"property": "deleted"}}
INSIDE = {
    "inside": {"type": "Order", "property": "order"},
    "path": "lines",
    "id": "no",
    "our_id": "ref",
    "sweep_s": 0,
}


class Orders:
    """The two systems, and the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        owner = {"type": "integer", "reference": "Order", "create_only": True, "required": True}
        self._manifest("crm", {**FLAT, "properties": {**LINE, "order": {**owner, "create_only": False}}})
        self._manifest("shop", {**INSIDE, "properties": {**LINE, "order": owner}})
        self.crm = Sandbox(folder / "crm.yaml")
        self.shop = Sandbox(folder / "shop.yaml")
        text = PROJECT.replace("CRM", self.crm.url).replace("SHOP", self.shop.url)
        (folder / "accord.yaml").write_text(text, encoding="utf-8")

    def _manifest(self, name: str, line: dict[str, Any]) -> None:
        types = {"Order": ORDER, "Line": line}
        told = {"name": name, "base_url": "http://127.0.0.1:9", "types": types}
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")

    def accord(self, *args: str) -> Result:
        return run_here("-C", str(self.folder), *args)

    def theirs(self) -> dict[str, list[tuple[str, str]]]:
        """Codes and texts of lines by the number of their order, in the shop."""
        return {
            order["number"]: sorted((line["code"], line["text"]) for line in order.get("lines") or [])
            for order in self.shop.records("Order")
        }

    def ours(self) -> dict[str, list[tuple[str, str]]]:
        orders = {order["id"]: order["number"] for order in self.crm.records("Order")}
        found: dict[str, list[tuple[str, str]]] = {number: [] for number in orders.values()}
        for line in self.crm.records("Line"):
            found[orders[line["order"]]].append((line["code"], line["text"]))
        return {number: sorted(lines) for number, lines in found.items()}

    def comes_to(self, wanted: dict[str, list[tuple[str, str]]]) -> None:
        self.until(lambda: self.theirs() == wanted == self.ours())

    def until(self, so: Callable[[], bool]) -> None:
        last_s = time.monotonic() + PATIENCE_S
        while True:
            synced = self.accord("sync", "--yes")
            if synced.code == 0 and so():
                return
            assert time.monotonic() < last_s, f"{synced.out}{synced.err}\n{self.theirs()}\n{self.ours()}"
            time.sleep(0.15)

    def order(self, number: str) -> dict[str, Any]:
        """An order in the shop."""
        return next(order for order in self.shop.records("Order") if order["number"] == number)

    def edit_lines(self, number: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Somebody edits an order in the shop."""
        order = self.order(number)
        lines = order.get("lines") or []
        change(lines)
        self.shop.edit("Order", order["id"], lines=lines)

    def crm_line(self, code: str) -> int:
        return int(next(line["id"] for line in self.crm.records("Line") if line["code"] == code))


@contextmanager
def orders(folder: Path) -> Iterator[Orders]:
    found = Orders(folder)
    try:
        yield found
    finally:
        found.crm.stop()
        found.shop.stop()


def test_lines_of_orders_are_in_sync_with_lines_by_themselves(tmp_path: Path) -> None:
    with orders(tmp_path) as it:
        first = it.crm.add("Order", number="1")
        for code in ("a", "b"):
            it.crm.add("Line", order=first, code=code, text=f"text {code}")
        stock = {"code": "c", "text": "text c", "stock": 7}
        it.shop.add("Order", number="2", discount=5, lines=[stock])
        assert it.accord("check").code == 0
        it.comes_to({"1": [("a", "text a"), ("b", "text b")], "2": [("c", "text c")]})
        # both lines of an order change at once, one on each side; a third one comes
        it.crm.edit("Line", it.crm_line("a"), text="crm a")
        it.edit_lines("1", lambda lines: lines[1].update(text="shop b"))
        it.edit_lines("2", lambda lines: lines.append({"code": "d", "text": "text d"}))
        it.comes_to({"1": [("a", "crm a"), ("b", "shop b")], "2": [("c", "text c"), ("d", "text d")]})
        # what Accord knows nothing of stays
        it.crm.edit("Line", it.crm_line("c"), text="crm c")
        it.until(lambda: it.theirs()["2"][0] == ("c", "crm c"))
        assert (it.order("2")["discount"], it.order("2")["lines"][0]["stock"]) == (5, 7)
        # a conflict: one of the two stands on both sides
        it.crm.edit("Line", it.crm_line("a"), text="ours")
        it.edit_lines("1", lambda lines: lines[0].update(text="theirs"))
        it.until(lambda: it.theirs() == it.ours())
        assert it.theirs()["1"][0] in (("a", "ours"), ("a", "theirs"))
        # deletes, each way
        it.crm.delete("Line", it.crm_line("a"))
        it.edit_lines("2", lambda lines: lines.pop(0))
        it.comes_to({"1": [("b", "shop b")], "2": [("d", "text d")]})


def test_w3_a_line_that_was_made_when_the_program_died_is_not_made_twice(tmp_path: Path) -> None:
    with orders(tmp_path) as it:
        first = it.crm.add("Order", number="1")
        it.comes_to({"1": []})
        it.crm.add("Line", order=first, code="a", text="text a")
        command = [sys.executable, "-m", "accord", "-C", str(tmp_path), "sync", "--yes"]
        done = subprocess.run(command, env={**os.environ, VARIABLE: "sent:1"}, timeout=60, check=False)
        assert done.returncode == -signal.SIGKILL
        assert it.theirs() == {"1": [("a", "text a")]}
        it.edit_lines("1", lambda lines: lines[0].update(text="meanwhile"))
        it.comes_to({"1": [("a", "meanwhile")]})
        assert it.accord("sync", "--json").data["sent"] == {}


def test_the_checklist_is_green_in_sandboxes_and_live(tmp_path: Path) -> None:
    with orders(tmp_path) as it:
        it.shop.add("Order", number="2", lines=[{"code": "c", "text": "text c"}])
        it.until(lambda: it.theirs() == it.ours())
        before = it.theirs()
        for how in ([], ["--against", "live", "--yes"]):
            done = it.accord("qa", *how)
            assert done.code == 0, done.out + done.err
            assert " 0 failed" in done.out
        assert it.theirs() == it.ours() == before
        assert call("GET", f"{it.shop.door}/records/Order?limit=10")["items"]
