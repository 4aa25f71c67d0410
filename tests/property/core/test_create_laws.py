"""Creates that are due, and why one is not yet: every case told plainly (W3, W5, W6, W8, W9, W13, L9)."""

from copy import deepcopy
from itertools import product
from typing import Any

from accord.core.due.creates import due_create
from accord.core.link import new_link
from accord.core.model import Concept, Model, Property
from accord.core.stamps import Stamp
from accord.core.state import WHOLE, Link, Open, Rejection, Sent
from accord.core.work import Due, Gate, Work
from tests.unit.core.building import Story, row, system, us

TRUTHS = (True, False)
DECIDED = Stamp(us(50), 0, 0, "crm.Person/1", 2)


def alone(
    *rows: Any, context: dict[str, Any] | None = None, gate: Gate | None = None, **declared: Any
) -> tuple[Story, Work]:
    """A record of the CRM; there is none in the ERP yet."""
    it = Story(system("crm"), system("erp", *rows, **declared))
    it.sees("crm", at=10, email="a", name="n", phone="1")
    it.now = 100
    if gate is not None:
        it.gates["erp.Person"] = gate
    work = it.work()
    work.context = it.given(**(context or {}))
    return it, work


def another(it: Story, life: str, incarnation: int = 0) -> Link:
    """A link to the ERP, of another time."""
    link = new_link("person:1", it.mapping("erp"), None if life == "creating" else f"{incarnation}")
    link.life, link.incarnation, link.by = life, incarnation, "hub" if life == "tomb" else ""  # type: ignore[assignment]
    it.cluster.links.append(link)
    return link


def derived(it: Story, work: Work) -> Due | None:
    return due_create(work, it.mapping("erp"))


def told(work: Work) -> list[tuple[str, str]]:
    return [(hold.state, hold.property) for hold in work.holds]


def test_w9_w5_a_create_carries_every_value_there_is_and_waits_for_what_is_required() -> None:
    for writes, update_only, required, value, question, refused in product(
        TRUTHS, TRUTHS, TRUTHS, ("n", None, "no letters"), TRUTHS, TRUTHS
    ):
        name = row("name", lens=Letters(), writes=writes, update_only=update_only, required=required)
        it, work = alone(name)
        it.golden.value[1], it.golden.stamp[1] = value, DECIDED
        it.golden.questions = {1: "which"} if question else {}
        creating = another(it, "creating")
        if refused:
            creating.rejected[1] = Rejection(stamp=DECIDED, message="no", at_us=0, fingerprint="1")
        due = derived(it, work)
        wanted = writes and not update_only
        lacks = value is None or question
        fits = value == "n" and not refused
        sent = {0: "a", **({1: "n"} if wanted and not lacks and fits else {}), 2: "1"}
        made = not (wanted and required and (lacks or not fits))
        assert (due is not None) is made
        if due is not None:
            assert {column: each.raw for column, each in due.sent.items()} == sent
            assert all(isinstance(each, Sent) for each in due.sent.values())
        fails = wanted and (required if lacks else not fits)
        assert told(work) == [("failed", "name")] * fails


class Letters:
    """A lens that writes no digits and no spaces."""

    def get(self, raw: Any, _refs: Any) -> Any:
        return raw

    def put(self, value: Any, _raw: Any, _refs: Any) -> Any:
        if " " in value:
            raise ValueError("it has a space")
        return value


def test_w3_w8_one_record_of_a_thing_is_made_at_a_time_and_each_is_another_incarnation() -> None:
    lives = ("", "live", "tomb", "creating", "sent", "refused")
    for first, second in product(lives, lives):
        it, work = alone()
        links = []
        for number, life in enumerate((first, second)):
            if not life:
                continue
            link = another(it, life if life in ("live", "tomb") else "creating", 2 * number + 1)
            links.append((life, link))
            if life == "sent":
                link.open = Open(kind="create", sent={})
            if life == "refused":
                stamp = work.revision(link)
                link.rejected[WHOLE] = Rejection(stamp=stamp, message="no", at_us=0, fingerprint="1")
        due = derived(it, work)
        ways = [life for life, _ in links]
        opened = [link for life, link in links if life in ("creating", "sent", "refused")][:1]
        blocked = "live" in ways or (opened and opened[0].open is not None)
        refused = bool(opened) and bool(opened[0].rejected) and not blocked
        assert (due is None) is bool(blocked or refused), (first, second)
        if due is not None:
            wanted = (
                opened[0].incarnation if opened else max((k.incarnation + 1 for _, k in links), default=0)
            )
            assert (due.kind, due.incarnation, due.golden) == ("create", wanted, "person:1")
        assert told(work) == [("failed", "")] * refused
        buried = "live" in ways and bool(opened) and opened[0].open is None
        assert [link.life for link in opened] == ["tomb" if buried else "creating"] * len(opened)


def test_w13_no_create_before_the_target_was_looked_at() -> None:
    ways = (
        "",
        "unread",
        "never read",
        "read too early",
        "a stranger",
        "wanted back",
        "in review",
        "another review",
    )
    for way, lag_s, gone in product(ways, (0.0, 5.0), TRUTHS):
        first_us = us(10 + lag_s)
        gate = Gate(complete=way != "never read", began_us=first_us - (way == "read too early"))
        strange = way in ("a stranger", "wanted back")
        context = {
            "strangers": frozenset({("person:1", "erp.Person")} if strange else ()),
            "reviewed": {"crm.Person/1": "r"}
            if way == "in review"
            else {"x/1": "r"}
            if "review" in way
            else {},
        }
        it, work = alone(context=context, gate=gate, lag_s=lag_s)
        if way == "unread":
            it.cluster.seen["crm.Person", "1"].held = "to be read again"
        if way == "wanted back":
            another(it, "tomb").kept = {}
        if gone:
            later = it.cluster.seen["hr.Person", "1"] = deepcopy(it.cluster.seen["crm.Person", "1"])
            later.first_us, later.gone = us(90), "deleted"
        due = derived(it, work)
        free = way in ("", "another review")
        assert (due is not None) is free
        state = "review" if strange or way == "in review" else "waiting"
        until = {"read too early": first_us, "wanted back": us(100)}.get(way)
        assert [(h.state, h.until_us) for h in work.holds] == [(state, until)] * (not free)


def test_w6_g3_what_nothing_stands_for_is_made_only_where_somebody_wants_it_back() -> None:
    for source, wanted, pulled, create in product(("live", "tomb"), TRUTHS, TRUTHS, ("always", "linked")):
        pulls = {"pulled": frozenset({("person:1", "erp.Person")} if pulled else ())}
        it, work = alone(context=pulls, create=create, pulled_by=frozenset({"order"}))
        it.link("crm").life = source  # type: ignore[assignment]
        tomb = another(it, "tomb")
        tomb.kept = {} if wanted else None
        due = derived(it, work)
        kept_out = not wanted and not pulled and create == "linked"
        assert (due is None) is (kept_out or (source == "tomb" and not wanted))
        assert told(work) == [("excluded", "")] * kept_out
        if due is not None:
            assert due.pulled is (pulled and create == "linked" and not wanted)


def test_l9_a_create_that_would_make_another_facet_is_not_made() -> None:
    for why in ("", "it would be a company"):
        it, work = alone(
            contradicts=lambda body, why=why: (
                why if body == {"email": "a", "name": "n", "phone": "1"} else "?"
            )
        )
        due = derived(it, work)
        assert (due is None) is bool(why)
        assert [(h.state, h.reason) for h in work.holds] == [("excluded", why)] * bool(why)


def test_w5_the_wholes_are_the_concepts_that_parts_refer_to() -> None:
    for whole, reference in product(TRUTHS, ("order", "")):
        properties = (Property(name="of", type="reference", whole=whole, reference=reference),)
        concepts = {
            name: Concept(name=name, properties=properties if name != "order" else ())
            for name in ("order", "line", "tax")
        }
        model = Model(project="p", concepts=concepts, mappings={}, fingerprint="1")
        assert model.wholes == ({"order": {"line", "tax"}} if whole and reference else {})
