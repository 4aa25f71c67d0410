"""Values that chase each other: shown with both values, and thawed by a person, property by property (G5)."""

from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from accord.core.errors import AccordError, StopFlow
from accord.runtime.books.explain import explain
from accord.runtime.books.status import status
from accord.runtime.people.thaw import thaw_properties
from accord.store import MemoryStore
from accord.testing.system_model import Quirks
from accord.testing.world import play
from accord.testing.world.builtin import draw_weather
from accord.testing.world.weather import Weather
from tests.property.world.test_guarding import office
from tests.unit.runtime.office import Office

SEEDS = range(100, 112)
CITIES = st.lists(st.sampled_from(["Oslo", "Bergen", "Tromsø"]), min_size=2, max_size=2, unique=True)


def chase(it: Office, mine: str, theirs: str, rounds: int = 6) -> None:
    """The CRM says one city and the ERP another one, again and again."""
    for _ in range(rounds):
        for side, city in ((it.crm, mine), (it.erp, theirs)):
            if side.values("Company", "city") != [city]:
                side.edit("Company", "1", city=city)
            it.sync()


def frozen(it: Office) -> dict[str, list[str]]:
    books = it.run(status(it.hub)).books
    assert books is not None
    assert books.adds_up
    return {each.name: sorted(each.values) for each in books.chases}


@settings(max_examples=6)
@given(CITIES)
def test_g5_what_is_frozen_is_shown_with_the_values_that_chase_each_other(cities: list[str]) -> None:
    it = office("Acme")
    assert frozen(it) == {}
    chase(it, *cities)
    told = frozen(it)
    assert told
    assert set(told) <= {"crm.Company/1:city", "erp.Company/1:city"}
    assert all(values == sorted(cities) for values in told.values())
    assert {each.name for each in it.run(explain(it.hub, "crm.Company/1")).chases} == set(told)


@settings(max_examples=6)
@given(CITIES, st.booleans())
def test_g5_a_person_thaws_a_property_and_it_is_written_again(cities: list[str], whole: bool) -> None:
    """Once what undid it was ended: all agree after the next run, and nothing is frozen any more."""
    it = office("Acme")
    chase(it, *cities)
    for name in frozen(it):
        target = name.partition(":")[0] if whole else name
        assert [each.name for each in it.run(thaw_properties(it.hub, target))] == [name]
    it.sync()
    assert frozen(it) == {}
    assert it.crm.values("Company", "city") == it.erp.values("Company", "city")
    assert not it.sync().summary()["sent"]


def test_g5_what_is_not_frozen_can_not_be_thawed() -> None:
    it = office("Acme")
    chase(it, "Oslo", "Bergen")
    (name, *_) = frozen(it)
    record = name.partition(":")[0]
    with pytest.raises(StopFlow, match=r"Company/1:name is not frozen\. Frozen are: .*Company/1:city"):
        it.run(thaw_properties(it.hub, f"{record}:name"))
    with pytest.raises(AccordError, match="has no property citty"):
        it.run(thaw_properties(it.hub, f"{record}:citty"))
    with pytest.raises(AccordError, match="was never seen"):
        it.run(thaw_properties(it.hub, "crm.Company/77:city"))
    it.run(thaw_properties(it.hub, name))
    with pytest.raises(StopFlow, match="is not frozen"):
        it.run(thaw_properties(it.hub, name))


def chasing(seed: int) -> Weather:
    """A drawn world in which two integrations want the same property of persons to be another one each."""
    weather = draw_weather(Random(str(seed)))
    wanted = iter(["=x", "=y"])
    for _, mapping in sorted(weather.model.mappings.items()):
        rows = [
            row for row in mapping.properties if row.name in ("name", "phone") and row.reads and row.writes
        ]
        if mapping.concept == "person" and rows and (value := next(wanted, "")):
            system, _, entity_type = mapping.entity_type.partition(".")
            quirks = weather.quirks[system].setdefault(entity_type, Quirks())
            quirks.another = {rows[0].place.paths()[0]: value}
    return weather


def test_w10_g5_worlds_with_values_that_chase_each_other_come_to_rest() -> None:
    """What is frozen is exempt from agreement, and counted; all else agrees, and the books add up."""
    frozen = 0
    for seed in SEEDS:
        verdict = play(seed, MemoryStore(), weather=chasing(seed)).verdict
        assert not verdict.broken, (seed, verdict.broken)
        frozen += any(why.endswith("(G5)") for why in verdict.exempt)
    assert frozen
