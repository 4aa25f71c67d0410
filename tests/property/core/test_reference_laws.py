"""References that nobody can resolve yet: an edit waits, is not lost, and nothing is written over it (W5, M1, M4)."""

from itertools import product

from accord.core.join_and_part import aim_elsewhere
from accord.core.lens import build_lens
from accord.core.link import new_golden
from accord.core.model import Mapping, Property
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Cluster, Link, Open, Sent
from tests.property.core.test_join_and_part_laws import STAFF, STAFFED
from tests.unit.core.building import Refs, Story, concept, observation, row, system

KNOWN = {
    ("crm.Person", "1"): "person:1",
    ("crm.Person", "5"): "person:5",
    ("erp.Person", "50"): "person:5",
    ("erp.Person", "70"): "person:7",
    ("crm.Person", "8"): "person:8",
    ("erp.Person", "80"): "person:8",
}


def staff(*, delete: str = "ignore") -> Story:
    """Two systems in sync, whose persons have a boss: person 5."""

    def played(name: str) -> Mapping:
        lens = build_lens("reference", references=f"{name}.Person")
        boss = row("boss", property=1, lens=lens, references=f"{name}.Person")
        return system(name, row("name", property=0), boss, properties=("name", "boss"))

    systems = [played(name) for name in ("crm", "erp")]
    columns = (
        Property(name="name", type="string"),
        Property(name="boss", type="reference", reference="person"),
    )
    it = Story(*systems, of=concept(properties=columns, rules=(), delete=delete), refs=Refs(KNOWN))
    it.takes(observation("erp.Person", at=10, name="Ada", boss="50"))
    it.sees("crm", at=10, name="Ada", boss="5")
    assert (it.value("boss"), it.dues()) == ("person:5", {})
    return it


def test_m1_w5_an_edit_to_what_is_not_known_yet_counts_once_it_is() -> None:
    it = staff()
    it.sees("crm", at=20, name="Ada", boss="7")
    assert (it.value("boss"), it.dues()) == ("person:5", {})
    it.refs.known["crm.Person", "7"] = "person:7"
    it.settles(at=30)
    assert (it.value("boss"), it.dues()) == ("person:7", {"erp": {"boss": "70"}})


def test_m4_w5_nothing_is_written_over_a_reference_that_is_not_known_yet() -> None:
    it = staff()
    it.sees("crm", at=20, name="Ada", boss="7")
    it.sees("erp", at=25, name="Bo", boss="80")
    assert it.dues() == {"crm": {"name": "Bo"}}
    assert it.holds() == {("crm", "boss", "pending")}
    it.refs.known["crm.Person", "7"] = "person:7"
    it.settles(at=30)
    assert (it.value("boss"), it.told("loser")) == ("person:8", ["person:7"])


def test_m4_w5_an_edit_under_an_unresolved_write_waits_until_it_is_known() -> None:
    it = staff()
    it.sees("erp", at=20, name="Ada", boss="80")
    it.sends("crm", at=21)
    it.answers("crm", "unknown", at=22)
    it.sees("crm", at=30, name="Ada", boss="7", version="w", how="fetch")
    assert it.value("boss") == "person:8"
    it.refs.known["crm.Person", "7"] = "person:7"
    it.settles(at=31)
    assert it.value("boss") == "person:7"


def test_s5_w5_what_was_kept_aside_and_can_not_be_told_any_more_is_no_value() -> None:
    it = staff()
    it.sees("erp", at=20, name="Ada", boss="80")
    it.refs.known["crm.Person", "7"] = "person:7"
    it.sends("crm", at=21)
    it.answers("crm", "unknown", at=22)
    it.sees("crm", at=30, name="Ada", boss="7", version="w", how="fetch")
    assert it.link("crm").suspects
    it.sends("crm", at=31)
    del it.refs.known["crm.Person", "7"]
    it.answers("crm", at=32, name="Ada", boss="8", version="x")
    assert it.value("boss") == "person:8"
    assert it.told("unknown") == ["7"]


def test_w8_w5_a_delete_does_not_take_a_reference_with_it_that_is_not_known_yet() -> None:
    it = staff(delete="propagate")
    it.sees("crm", at=20, name="Ada", boss="7")
    it.sees("erp", at=30, gone="deleted", proven=True, how="feed")
    assert it.golden.life == "alive"
    assert "delete_overruled" in it.happened()
    it.refs.known["crm.Person", "7"] = "person:7"
    it.settles(at=31)
    assert it.value("boss") == "person:7"


def test_w5_k4_a_split_aims_nothing_elsewhere_in_what_left_the_configuration() -> None:
    """What has no mapping stays as it is; a write under way there, too."""
    decided = Stamp(3, 0, 0, "crm.Person/9", 1)
    for mapping, life, refers in product(("crm.Person", "gone.Person"), ("live", "tomb"), ("20", "21", None)):
        golden = new_golden("person:7", STAFF)
        golden.value[1], golden.stamp[1] = "person:2", decided
        link = Link(
            golden="person:7", mapping=mapping, id="1", raw=["n", refers], base=[], same=[decided] * 2
        )
        link.base = [decided] * 2
        link.life = life
        link.open = Open(kind="update", sent={1: Sent("20", decided)})
        moved = {("crm.Person", "20"): "person:6"}
        changed = aim_elsewhere(Cluster(golden=golden, links=[link]), "person:2", moved, STAFFED)
        known = mapping == "crm.Person"
        again = known and refers == "20"
        assert link.base[1] == (BOTTOM if again else decided)
        assert link.open.sent[1].stamp == (BOTTOM if known else decided)
        assert changed is known
