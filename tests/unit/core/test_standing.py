"""Where a record stands towards a target, and why: each of G4's states, and which of several comes first."""

import pytest

from accord.core.lens import build_lens
from accord.core.model import Property, Survivorship
from accord.core.standing import (
    REPLACED,
    STATES,
    is_even,
    is_plain,
    is_representation,
    reasons_of,
    shared_properties,
    stands_apart,
    state_of,
)
from accord.core.state import IN_FLIGHT, UNREADABLE, Seen
from accord.core.values import MISSING
from accord.core.work import Hold
from tests.unit.core.building import Refs, Story, concept, observation, row, system, take


def pair(**erp):
    return Story(system("crm", priority=2), system("erp", priority=1, **erp))


def told(it, name="crm", target="erp", **context):
    """The state of the record of one system towards another one, as settling it now would give."""
    it.settles(**context)
    seen = it.cluster.seen[it.mapping(name).key, "1"]
    return state_of(seen, it.mapping(target), it.settled, it.given(**context))


def all_told(it, name="crm", target="erp", **context):
    it.settles(**context)
    seen = it.cluster.seen[it.mapping(name).key, "1"]
    return [each.state for each in reasons_of(seen, it.mapping(target), it.settled, it.given(**context))]


# Records without a golden record


@pytest.mark.parametrize(
    ("more", "complete", "state"),
    [
        ({"gone": "deleted", "held": "r1"}, True, "tombstoned"),
        ({"unreadable": "no date", "held": UNREADABLE}, True, "unreadable"),
        ({"held": "r1", "excluded": "no member"}, True, "review"),
        ({"held": IN_FLIGHT}, True, "waiting"),
        ({"excluded": "no member"}, True, "excluded"),
        ({}, False, "waiting"),
        ({}, True, "waiting"),
    ],
)
def test_g4_a_record_without_a_golden_record_is_in_one_state(more, complete, state):
    seen = Seen(mapping="crm.Person", id="1", raw=[], **more)
    assert stands_apart(seen, {"r1"}, complete=complete).state == state


# Records of a golden record


def test_g4_in_sync_is_what_nothing_speaks_against():
    it = pair().in_sync(10, name="Ada", phone="1")
    assert told(it) == ("in sync", "", "", None)
    assert is_plain(it.cluster, tuple(it.model.mappings.values()))


def test_g4_a_record_that_is_to_be_created_is_pending_and_names_no_property():
    it = pair()
    it.sees("crm", at=10, name="Ada")
    assert told(it)[:3] == ("pending", "to be written: create", "")
    assert not is_plain(it.cluster, tuple(it.model.mappings.values()))


def test_g4_what_is_to_be_written_is_pending_and_a_write_under_way_too():
    it = pair().in_sync(10, name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    assert told(it)[:3] == ("pending", "to be written", "name")
    assert told(it, "erp", "crm").state == "in sync"
    it.sends("erp", at=21)
    assert told(it).reason == "a write is under way: update"
    it.answers("erp", "unknown", at=22)
    assert told(it).reason == "a write is under way: update, of unknown outcome"
    assert not is_plain(it.cluster, tuple(it.model.mappings.values()))


def test_g4_a_refused_write_has_failed_in_the_words_of_the_system():
    it = pair().in_sync(10, name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=22, message="too short", faults=("name",))
    assert told(it)[:3] == ("failed", "too short", "name")


def test_g4_a_property_that_a_record_does_not_give_is_another_ones_matter():
    it = Story(system("crm"), system("erp"), system("shop", properties=("email", "phone")))
    it.in_sync(10, email="a@x.no", name="Ada", phone="1")
    it.sees("crm", at=20, email="a@x.no", name="Bo", phone="1")
    assert told(it, "crm", "erp").state == "pending"
    assert told(it, "shop", "erp").state == "in sync"
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=22, message="too short", faults=("name",))
    assert (told(it, "crm", "erp").state, told(it, "shop", "erp").state) == ("failed", "in sync")


def test_g4_a_question_is_a_conflict_for_both():
    it = Story(
        system("crm"),
        system("erp"),
        system("shop", properties=("email", "phone")),
        of=concept(survivorship=(Survivorship(rule="ask"),) * 3),
    )
    it.in_sync(10, name="Ada", phone="1")
    it.takes_both(("crm", 20, "Bo"), ("erp", 21, "Cy"))
    assert {told(it).state, told(it, "erp", "crm").state} == {"conflict"}
    assert told(it).property == "name"
    assert told(it, "crm", "shop").state == "in sync"


def test_g4_a_linked_record_that_leaves_a_filter_is_out_of_scope_unless_something_comes_first():
    it = pair().in_sync(10, name="Ada", phone="1")
    it.cluster.seen["crm.Person", "1"].excluded = "no member"
    assert told(it)[:2] == ("out of scope", "no member")
    assert not is_plain(it.cluster, tuple(it.model.mappings.values()))
    it.sees("erp", at=20, name="Bo", phone="1")
    assert told(it, "erp", "crm").state == "pending"
    it.cluster.seen["crm.Person", "1"].unreadable = "no JSON"
    assert all_told(it) == ["unreadable", "out of scope"]


def test_g4_a_value_that_is_none_of_its_type_is_unreadable_and_named():
    born = Property(name="phone", type="date")
    it = Story(
        system("crm", row("phone", value_type="date")),
        system("erp", row("phone", value_type="date")),
        of=concept(properties=(*concept().properties[:2], born)),
    ).in_sync(10, name="Ada", phone="1990-01-01")
    it.sees("crm", at=20, name="Ada", phone="yesterday")
    assert told(it)[::2] == ("unreadable", "phone")
    assert told(it, "erp", "crm").state == "in sync"


def test_g4_a_reference_to_what_is_not_linked_is_not_carried():
    of = concept(
        properties=(*concept().properties[:2], Property(name="phone", type="reference", reference="x"))
    )
    reference = {"value_type": "reference", "references": "crm.Company"}
    refs = Refs({("crm.Company", "7"): "x:1"})
    it = Story(
        system("crm", row("phone", **reference)), system("erp", row("phone", **reference)), of=of, refs=refs
    )
    it.in_sync(10, name="Ada", phone="7")
    assert told(it).state == "in sync"
    it.sees("crm", at=20, name="Ada", phone="8")
    assert told(it)[::2] == ("excluded", "phone")
    refs.known["crm.Company", "8"] = "x:2"  # the next settling takes it in
    seen = it.cluster.seen["crm.Person", "1"]
    assert state_of(seen, it.mapping("erp"), it.settled, it.given()).state == "in sync"


def test_g4_a_record_that_is_gone_is_tombstoned_and_so_is_the_place_where_it_was():
    it = pair().in_sync(10, name="Ada", phone="1")
    it.sees("erp", at=20, gone="deleted", proven=True)
    assert told(it, "erp", "crm") == ("tombstoned", "the record is gone: deleted", "", None)
    assert told(it)[:2] == ("tombstoned", "a person deleted it there")


def test_g4_a_golden_record_without_a_place_there_says_why():
    for declared, reason in (
        ({"create": "linked"}, "nothing is created there: its create rule is `linked` (W6)"),
        ({"can_create": False}, "the system can not create such records"),
    ):
        it = pair(**declared)
        it.sees("crm", at=10, name="Ada")
        assert told(it)[:2] == ("excluded", reason)
    it = pair()
    it.sees("crm", at=10, name="Ada")
    it.golden.life = "dying"
    assert told(it)[:2] == ("tombstoned", "the golden record is dying")
    it.settled.dues.clear()
    it.golden.life = "alive"
    seen = it.cluster.seen["crm.Person", "1"]
    assert state_of(seen, it.mapping("erp"), it.settled, it.given())[:2] == (
        "waiting",
        "the next run looks at it",
    )


def test_g4_a_delete_that_is_due_is_pending():
    it = Story(system("crm"), system("erp"), system("shop"), of=concept(delete="propagate"))
    it.in_sync(10, name="Ada", phone="1")
    it.sees("crm", at=20, gone="deleted", proven=True)
    assert told(it, "erp", "shop")[:2] == ("pending", "to be written: delete")


def test_g4_a_record_whose_place_was_taken_meanwhile_is_under_its_tombstone():
    it = pair().in_sync(10, name="Ada", phone="1")
    it.link("crm").life = "tomb"
    assert told(it)[:2] == ("tombstoned", REPLACED)


def test_w14_what_is_only_written_is_excluded_on_its_way_back():
    one_way = row("name", reads=False)
    it = Story(system("crm", properties=("name",)), system("erp", one_way, properties=("name",)))
    it.takes(observation("crm.Person", at=10, name="Ada"))
    it.takes(observation("erp.Person", at=10, name="Ada"))
    it.settles(at=10)
    assert shared_properties(it.mapping("erp"), it.mapping("crm")) == set()
    assert told(it, "erp", "crm")[:2] == ("excluded", "nothing of it is written there")
    assert told(it).state == "in sync"


def test_g4_states_come_in_the_order_of_the_contract():
    it = pair().in_sync(10, name="Ada", phone="1")
    for state in ("excluded", "frozen", "failed", "waiting"):
        it.settled.holds.append(
            Hold(golden="person:1", mapping="erp.Person", property="", state=state, reason=state)
        )
    seen = it.cluster.seen["crm.Person", "1"]
    states = [each.state for each in reasons_of(seen, it.mapping("erp"), it.settled, it.given())]
    assert states == ["failed", "frozen", "waiting", "excluded"]
    assert [STATES.index(state) for state in states] == sorted(STATES.index(state) for state in states)


# Plain golden records


def test_g4_only_what_is_wholly_in_step_is_plain():
    def plain(change):
        it = pair().in_sync(10, name="Ada", phone="1")
        change(it)
        return is_plain(it.cluster, tuple(it.model.mappings.values()))

    assert plain(lambda it: None)
    for change in (
        lambda it: setattr(it.golden, "life", "dying"),
        lambda it: it.golden.questions.update({0: "which?"}),
        lambda it: it.cluster.links.pop(),
        lambda it: it.cluster.seen.clear(),
        lambda it: setattr(it.link("erp"), "mapping", "shop.Person"),
        lambda it: setattr(it.link("erp"), "life", "tomb"),
        lambda it: setattr(it.link("erp"), "doomed", True),
        lambda it: setattr(it.cluster.seen["erp.Person", "1"], "gone", "deleted"),
        lambda it: setattr(it.cluster.seen["erp.Person", "1"], "missing_us", 1),
        lambda it: setattr(it.cluster.seen["erp.Person", "1"], "seq", 9),
        lambda it: it.link("erp").base.__setitem__(1, it.golden.stamp[1]._replace(tick=9)),
    ):
        assert not plain(change)


def test_w11_a_record_that_lacks_others_is_even_until_it_is_behind():
    it = pair()
    it.sees("crm", at=10, name="Ada")
    told(it)
    mappings = tuple(it.model.mappings.values())
    assert is_even(it.cluster, mappings)
    it.golden.stamp[0] = it.golden.stamp[0]._replace(tick=9)
    assert not is_even(it.cluster, mappings)


# Representations


def test_s5_a_spelling_of_its_own_is_a_representation_and_an_equal_value_is_none():
    lens = build_lens(None, "integer")
    it = pair().in_sync(10, name="Ada", phone="1")
    link, mapping = it.link("erp"), it.mapping("erp")
    assert not is_representation(link, 1, it.golden, mapping)
    link.raw[1] = "ADA"
    assert is_representation(link, 1, it.golden, mapping)
    link.raw[1] = MISSING
    assert not is_representation(link, 1, it.golden, mapping)
    typed = system("erp", row("name", lens=lens))
    link.raw[1] = "none"
    assert is_representation(link, 1, it.golden, typed)
    link.base[1] = it.golden.stamp[1]._replace(tick=3)
    assert not is_representation(link, 1, it.golden, typed)


# Unreadable records stay in the count


class Spoilt:
    """A place that can not be read where the payload says so."""

    whole = False

    def read(self, payload):
        if "spoilt" in payload:
            raise ValueError("no value stands there")
        return payload.get("name", MISSING)

    def write(self, body, raw, old):
        body["name"] = raw

    def paths(self):
        return ("name",)


def spoilt_mapping():
    return system("crm", row("name").__class__(**{**_fields(row("name")), "place": Spoilt()}))


def _fields(of):
    return {name: getattr(of, name) for name in of.__struct_fields__}


def test_c2_g4_an_unreadable_newcomer_is_kept_and_counted_until_it_can_be_read():
    rows, mapping = {}, spoilt_mapping()
    taken = take(observation(at=10, spoilt=True), rows=rows, mapping=mapping)
    assert [r.held for r in taken.rows] == [UNREADABLE]
    assert stands_apart(rows["1"], set(), complete=True)[:2] == ("unreadable", "no value stands there")
    assert not take(observation(at=11, spoilt=True), rows=rows, mapping=mapping).rows
    taken = take(observation(at=12, name="Ada", email="a@x.no"), rows=rows, mapping=mapping)
    assert (rows["1"].held, rows["1"].unreadable) == ("", "")
    assert [key.key for key in taken.added] == ["a@x.no"]


def test_c2_g4_a_known_record_that_can_not_be_read_keeps_what_was_seen():
    rows, mapping = {}, spoilt_mapping()
    take(observation(at=10, name="Ada"), rows=rows, mapping=mapping)
    take(observation(at=20, spoilt=True), rows=rows, mapping=mapping)
    assert (rows["1"].unreadable, rows["1"].raw[1], rows["1"].version) == (
        "no value stands there",
        "Ada",
        "v10",
    )
    take(observation(at=30, name="Ada", version="v10"), rows=rows, mapping=mapping)
    assert rows["1"].unreadable == ""


def test_g4_s10_a_record_that_its_system_does_not_show_by_its_id_is_unreadable_and_nothing_else():
    rows = {}
    take(observation(at=10, name="Ada"), rows=rows)
    take(observation(at=20, how="fetch", gone="unreadable"), rows=rows)
    assert (rows["1"].unreadable, rows["1"].gone) == ("its system does not show it by its id", "")
    assert not take(observation(at=21, how="fetch", gone="unreadable"), rows=rows).rows
    assert not take(observation(at=21, name="Ada", version="v10"), rows=rows).rows  # it is listed as it was
    assert take(observation(remote_id="2", at=22, how="fetch", gone="unreadable"), rows=rows).rows == []
