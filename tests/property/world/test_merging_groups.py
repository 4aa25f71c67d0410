"""A group of properties changes, conflicts and survives as one value (M8)."""

from hypothesis import given, settings, strategies as st

from accord.core.observation import Observation
from accord.core.stamps import BOTTOM
from accord.core.state import Open, Seen, Sent
from accord.core.values import MISSING
from accord.runtime.people.conflicts import conflicts, pick
from accord.runtime.people.undo import undo
from accord.runtime.steps.accounts import is_another
from accord.runtime.steps.unknown_creates import equals_sent
from tests.unit.runtime.office import Office, of_two

TEXT = of_two("""\
concepts:
  company:
    properties: {name: string, city: string, ours: string}
    match: [[name]]
    groups: [[city, ours]]
    survivorship: RULE
mappings:
  crm.Company: {concept: company, properties: {name: name, city: city, ours: ours}}
  erp.Company: {concept: company, properties: {name: name, city: city, ours: ours}}
""")
PART = st.sampled_from(["a", "b", "c", None])
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["crm", "erp"]), st.dictionaries(st.sampled_from(["city", "ours"]), PART, min_size=1)
    ),
    min_size=1,
    max_size=5,
)
Pair = tuple[str | None, str | None]


class Pairs:
    """An office with one company in both systems, and every pair that a record ever showed at once."""

    def __init__(self, rule: str = "latest") -> None:
        self.office = Office(TEXT.replace("RULE", rule))
        self.office.crm.add("Company", name="Acme", city="a", ours="a")
        self.office.sync()
        self.shown: set[Pair] = {("a", "a"), (None, None)}

    def pair(self, system: str) -> Pair:
        (row,) = getattr(self.office, system).records("Company")
        return row.get("city"), row.get("ours")

    def edit(self, system: str, changes: dict) -> None:
        self.office.clock.advance(1)
        (row,) = getattr(self.office, system).records("Company")
        getattr(self.office, system).edit("Company", str(row["id"]), **changes)
        self.shown.add(self.pair(system))


@settings(max_examples=40)
@given(st.sampled_from(["latest", "priority"]), EDITS, st.sets(st.integers(0, 4)))
def test_m8_a_group_never_splits(rule: str, edits: list, runs: set[int]) -> None:
    """Both systems end with one pair, and it is one that somebody saw: never half of one and half of another."""
    it = Pairs(rule)
    for at, (system, changes) in enumerate(edits):
        it.edit(system, changes)
        if at in runs:
            it.office.sync()
    it.office.sync()
    assert it.pair("crm") == it.pair("erp")
    assert it.pair("crm") in it.shown
    assert not it.office.sync().outcomes()


@settings(max_examples=20)
@given(st.sampled_from(["crm", "erp"]), st.sampled_from(["", "city", "ours", "city+ours"]))
def test_m8_a_group_is_asked_about_picked_and_undone_as_one(winner: str, named: str) -> None:
    it = Pairs("ask")
    it.edit("crm", {"city": "b"})
    it.edit("erp", {"ours": "c"})
    it.office.sync()
    (found,) = it.office.run(conflicts(it.office.hub))
    assert found.property == "city+ours"
    chosen = it.pair(winner)
    it.office.run(pick(it.office.hub, found.id, record=winner))
    run = it.office.sync().run
    assert it.pair("crm") == it.pair("erp") == chosen
    loser = "erp" if winner == "crm" else "crm"
    (row,) = getattr(it.office, loser).records("Company")
    it.office.run(undo(it.office.hub, f"{loser}.Company/{row['id']}" if named else run, named))
    it.office.sync()
    assert it.pair(winner) == chosen
    assert it.pair(loser) == (("b", "a") if loser == "crm" else ("a", "c"))


@settings(max_examples=10)
@given(st.sampled_from(["city", "ours"]), st.booleans())
def test_m8_s3_a_group_of_which_a_system_shows_half_is_synchronised_and_none_of_it_is_lost(
    lacking: str, met: bool
) -> None:
    """What is absent beside it is null, also where absence says nothing of a property by itself: the half flows, and
    what is filled in later does, too."""
    office = Office(TEXT.replace("RULE", "latest"), absent=None)
    body = {"city": "a", "ours": "b"}
    del body[lacking]
    number = office.erp.add("Company", name="Acme", **body)
    if met:
        office.crm.add("Company", name="Acme")
    office.sync()
    office.sync()
    (row,) = office.crm.records("Company")
    assert (row.get("city"), row.get("ours")) == (body.get("city"), body.get("ours"))
    office.clock.advance(1)
    office.erp.edit("Company", str(number), **{lacking: "e"})
    office.sync()
    (row,) = office.crm.records("Company")
    assert (row["city"], row["ours"]) == (("e", "b") if lacking == "city" else ("a", "e"))


def test_m8_k6_w3_a_group_of_which_a_part_is_not_shown_is_what_it_was_and_what_was_sent() -> None:
    """Absence says nothing there, and nobody tells the account: the record is no other one for that."""
    office = Office(TEXT.replace("RULE", "latest"), absent=None)
    mapping = office.hub.model.mappings["erp.Company"]
    column = mapping.groups[0]
    payload = {"id": 1, "city": "a"}
    row = Seen(mapping=mapping.key, id="1", raw=[MISSING] * len(mapping.properties))
    row.raw[column] = ["a", None]
    shown = Observation(mapping=mapping.key, id="1", how="fetch", asked_us=1, payload=payload)
    assert not is_another(row, shown, mapping)
    write = Open(kind="create", sent={column: Sent(["a", None], BOTTOM)})
    assert equals_sent(mapping, write, shown)
    row.raw[column], write.sent[column] = ["b", None], Sent(["b", None], BOTTOM)
    assert is_another(row, shown, mapping)
    assert not equals_sent(mapping, write, shown)
