"""What is created where, what rests, and what is refused: every case of the switches, told plainly (W5-W9, W12)."""

from itertools import product
from typing import Any

from msgspec.structs import replace

from accord.core.creating import is_barred, keeps_out, let, may_come, rest, stands_still
from accord.core.lens import build_lens
from accord.core.link import new_golden
from accord.core.model import Model
from accord.core.stamps import Stamp
from accord.core.state import Cluster, Link, Rejection, Seen
from accord.core.swaps import Want, wants_of
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Due, Work
from tests.unit.core.building import Story, concept, row, system

FIRST, NEW, OURS, UNREAD, GONE = "first listing", "new", "made by us", "unread", "gone"


def record(mapping: str, number: int, way: str, golden: Any, cluster: Cluster) -> None:
    """A record of the golden record, and what is known of it."""
    link = Link(
        golden=golden.id, mapping=mapping, id=str(number), raw=[MISSING] * 3, same=[None] * 3, base=[]
    )
    link.life, link.by = ("tomb", "hub") if way == GONE else ("live", "")
    cluster.links.append(link)
    if way != UNREAD:
        known = Seen(mapping=mapping, id=str(number), raw=[MISSING] * 3)
        known.initial, known.made = way == FIRST, way == OURS
        cluster.seen[mapping, str(number)] = known


def test_w7_w6_what_was_in_the_first_listing_is_created_only_where_it_is_pulled_or_wanted_by_another() -> (
    None
):
    ways = (FIRST, NEW, OURS, UNREAD, GONE)
    for one, other, full, pulled, pulls, old, create in product(
        ways, ("", *ways), (True, False), (True, False), (True, False), (True, False), ("always", "linked")
    ):
        target = system("erp", create=create, pulled_by=frozenset({"order"} if pulls else ()), pull_old=old)
        sources = [system("crm", full_sync=full), system("hr", full_sync=False)]
        model = Model(
            project="p",
            concepts={"person": concept()},
            mappings={m.key: m for m in (target, *sources)},
            fingerprint="1",
        )
        cluster = Cluster(golden=new_golden("person:1", model.concepts["person"]), links=[])
        record("gone.Person", 0, NEW, cluster.golden, cluster)  # it left the configuration, and wants nothing
        record("crm.Person", 1, one, cluster.golden, cluster)
        if other:
            record("hr.Person", 2, other, cluster.golden, cluster)
        held_back = [
            name for name, way in (("crm", one), ("hr", other)) if way == FIRST and (name == "hr" or not full)
        ]
        wanted = NEW in (one, other) or (one == FIRST and full)
        comes = pulled and pulls
        found = keeps_out(cluster, target, model, pulled=pulled)
        if held_back and not wanted and not (comes and old):
            assert found is not None
            assert found.state == "excluded"
            assert found.reason.endswith(f"first listing of {held_back[0]}.Person")
        elif comes or create == "always":
            assert found is None
        else:
            assert found is not None
            assert found.state == "excluded"
            assert ("refers to it" in found.reason) is pulls


def test_w8_only_what_happened_to_the_records_of_that_type_keeps_out_of_it() -> None:
    for by, kept, ruled, elsewhere, delete in product(
        ("person", "hub", ""), (None, {}), (True, False), ("live", "tomb"), ("ignore", "propagate")
    ):
        it = Story(system("crm"), system("erp"), system("hr"), of=concept(delete=delete))
        for number, (mapping, life) in enumerate(
            (("erp.Person", "tomb"), ("crm.Person", elsewhere), ("hr.Person", "live"))
        ):
            link = Link(
                golden="person:1", mapping=mapping, id="1", raw=[MISSING] * 3, same=[None] * 3, base=[]
            )
            link.life, link.incarnation = life, number  # type: ignore[assignment]
            link.by = "" if life == "live" else by if not number else "person"  # type: ignore[assignment]
            link.kept, link.ruled = (None, False) if number else (kept, ruled)
            it.cluster.links.append(link)
        found = keeps_out(it.cluster, it.model.mappings["erp.Person"], it.model, pulled=False)
        wanted = None
        if by == "person" and kept is None:
            wanted = "conflict" if delete == "propagate" and not ruled else "tombstoned"
        assert (found.state if found is not None else None) == wanted


def test_w8_g3_a_live_record_of_the_type_bars_nothing_and_doomed_ones_alone_make_nothing() -> None:
    ways = list(product(("live", "tomb"), (True, False)))
    for beside, (one, one_doomed), (other, other_doomed) in product((True, False), ways, ways):
        it = Story(system("crm"), system("erp"), system("hr"))
        told = [
            ("crm.Person", one, one_doomed),
            ("hr.Person", other, other_doomed),
            ("erp.Person", "tomb", False),
        ]
        for number, (mapping, life, doomed) in enumerate(
            [*told[:2], *([told[2], ("erp.Person", "live", False)] if beside else [])]
        ):
            link = Link(
                golden="person:1",
                mapping=mapping,
                id=f"{number}",
                raw=[MISSING] * 3,
                same=[None] * 3,
                base=[],
            )
            link.life, link.doomed, link.incarnation = life, doomed, number  # type: ignore[assignment]
            link.by = "person" if life == "tomb" else ""
            it.cluster.links.append(link)
        assert not is_barred(it.cluster, "erp.Person")
        standing = [doomed for _, life, doomed in told[:2] if life == "live"]
        found = keeps_out(it.cluster, it.model.mappings["erp.Person"], it.model, pulled=False)
        pending = not beside and bool(standing) and all(standing)
        assert (found.state if found is not None else None) == ("pending" if pending else None)


def test_w5_a_record_comes_where_it_may_be_made_and_something_asks_for_it() -> None:
    for known, shares, can, create, pulls, barred, unasked in product(
        (True, False),
        (True, False),
        (True, False),
        ("always", "linked"),
        (True, False),
        (True, False),
        (True, False),
    ):
        target = system(
            "erp",
            shares=shares,
            can_create=can,
            create=create,
            pulled_by=frozenset({"person" if pulls else "order"}),
        )
        it = Story(system("crm"), *([target] if known else []))
        key = ("person:2", "erp.Person")
        given = it.given(
            barred=frozenset({key} if barred else ()), unasked=frozenset({key} if unasked else ())
        )
        work = Work(cluster=it.cluster, concept=it.model.concepts["person"], context=given)
        wanted = known and shares and can and not barred and (pulls or (create == "always" and not unasked))
        assert may_come(work, "person:2", "erp.Person") is wanted


def test_w7_l9_a_linked_record_stands_still_where_nothing_is_shared_or_its_facet_rests() -> None:
    for shares, rests, known in product((True, False), ("", "its condition is false"), (True, False)):
        it = Story(system("crm", shares=shares))
        it.sees("crm", at=10, name="Ada")
        it.cluster.seen["crm.Person", "1"].resting = rests
        if not known:
            it.cluster.seen.clear()
        work = Work(cluster=it.cluster, concept=it.model.concepts["person"], context=it.given())
        why = stands_still(work, it.link("crm"), it.model.mappings["crm.Person"])
        assert why == rests * known if shares else why.startswith("not shared")


def test_w12_what_changed_rests_since_its_last_change_ten_times_over_at_most() -> None:
    waits = {"crm.Person": 2.0, "erp.Person": 5.0, "hr.Person": 0.0, "gone.Person": 0.0}
    acts = [("crm.Person",), ("erp.Person", "crm.Person"), ("hr.Person",), ("gone.Person",), ()]
    for first, then, rests in product(acts, acts, (True, False)):
        it = Story(
            *(system(n.partition(".")[0], settle_s=s if rests else 0.0) for n, s in list(waits.items())[:3])
        )
        began = latest = still = 100 * SECOND_US
        latest = still = 0
        for number, changed in enumerate((first, *[then] * 30)):
            now = began + number * SECOND_US
            before = list(it.golden.stamp)
            for column, mapping in enumerate(changed):
                it.golden.stamp[column] = Stamp(number, column, 0, f"{mapping}/1", 0)
            work = Work(cluster=it.cluster, concept=it.model.concepts["person"], context=it.given(now_us=now))
            rest(work, before)
            if (wait := max([waits[mapping] for mapping in changed], default=0.0)) and rests:
                latest = latest or now + round(10 * wait * SECOND_US)
                still = min(now + round(wait * SECOND_US), latest)
            assert (it.golden.still_us, it.golden.latest_us) == (still, latest)
            dues = [
                Due(kind=kind, golden="person:1", mapping="erp.Person", incarnation=0, again=again)  # type: ignore[arg-type]
                for kind, again in (("update", False), ("delete", False), ("update", True), ("create", False))
            ]
            work.hold("crm.Person", "waiting", "it waits", waits_for=("person:2", "x"), pulls=True)
            sent = let(work, dues)
            if now < still:
                assert sent == dues[1:3]
                assert [(h.mapping, h.state, h.until_us) for h in work.holds[1:]] == [
                    ("erp.Person", "pending", still)
                ] * 2
                assert not work.holds[0].pulls
            else:
                assert sent == dues
                assert [hold.pulls for hold in work.holds] == [True]
                latest = still = 0
            assert (it.golden.still_us, it.golden.latest_us) == (still, latest)


def test_w9_a_record_wants_what_it_was_refused_and_does_not_hold() -> None:
    texts = (MISSING, None, "x", "y")
    for life, refused, golden, held, writes, refers in product(
        ("live", "tomb"), (set[int](), {1}, {2}, {-1}), texts, texts, (True, False), ("", "crm.Person")
    ):
        name = row("name", writes=writes, references=refers)
        mapped = row("email", lens=build_lens({"name": "map", "pairs": {"a": "b"}}, "string"))
        mapping = system("crm", name, mapped)
        it = Story(mapping, of=concept(rules=()))
        it.sees("crm", at=10, email="a", name="n", phone="p")
        link, seen = it.link("crm"), it.cluster.seen["crm.Person", "1"]
        it.golden.value[:] = ["what no raw tells", golden, "q"]
        seen.raw[1] = held
        link.life = life  # type: ignore[assignment]
        link.rejected = {
            column: Rejection(stamp=it.golden.stamp[1], message="no", at_us=1) for column in refused
        }
        wanted = []
        if (
            refused & {1, -1}
            and writes
            and not refers
            and not {golden, held} & {MISSING, None}
            and golden != held
        ):
            wanted.append(Want("crm.Person", "1", "name", golden, held))
        if refused & {2, -1}:
            wanted.append(Want("crm.Person", "1", "phone", "q", "p"))
        assert list(wants_of(link, it.cluster, mapping)) == (wanted if life == "live" else [])
        told = dict(link.rejected)
        link.rejected = {column: replace(each, denied=True) for column, each in told.items()}
        assert not list(wants_of(link, it.cluster, mapping))  # no other value would be taken either
        link.rejected = told
        it.cluster.seen.clear()
        assert not list(wants_of(link, it.cluster, mapping))
