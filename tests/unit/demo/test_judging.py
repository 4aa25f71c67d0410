"""What the demonstration compares with the truth is told apart: links, misses, doubled persons, repeated creates."""

import pytest

from accord.core.state import Review
from accord.demo import NotSo
from accord.demo.judging import created_in, differing, judge
from accord.demo.state import HubState
from accord.demo.telling import Teller
from accord.demo.world import CRM, ERP, World

CRM_BODY = {"id": "c1", "givenName": "Ada", "birthDate": "1990-02-01", "visitAddress": {"postalArea": "Oslo"}}
ERP_BODY = {"id": 1, "firstName": "Ada", "born": "01.02.1990", "address": {"city": "Oslo"}}


def world(*, doubled=()):
    """Persons 1 to 3 are in both systems as c1/1, c2/2, c3/3; the doubled ones are in the CRM once more, as c1b."""
    person = {CRM: {f"c{n}": n for n in (1, 2, 3)}, ERP: {str(n): n for n in (1, 2, 3)}}
    person[CRM].update({f"c{n}b": n for n in doubled})
    every = frozenset({1, 2, 3})
    return World(seed=1, numbers=every, doubled=frozenset(doubled), judged=every, person=person)


def state(*pairs, held=(), reviews=()):
    """Links crm=erp; what the hub created has ids that the truth does not know."""
    golden = {CRM: {}, ERP: {}, "crmoffice.Companies": {}, "customerp.Product": {}}
    for pair in pairs:
        crm, _, erp = pair.partition("=")
        golden[CRM][crm] = golden[ERP][erp] = pair
    made = HubState(golden=golden, held={CRM: dict.fromkeys(held, "in review"), ERP: {}})
    for kind, member in reviews:
        made.reviews.append(
            Review(
                id="r",
                concept="c",
                rule="",
                key="",
                kind=kind,
                members=[member],
                goldens=[],
                reason="",
                at_us=0,
            )
        )
    return made


def test_all_found():
    judged = judge(world(), state("c1=1", "c2=2", "c3=3"))
    assert (judged.links, judged.precision, judged.recall) == (3, 1.0, 1.0)
    assert (judged.wrong, judged.all_missed) == ([], [])


def test_a_wrong_link_costs_precision_and_what_it_took_recall():
    judged = judge(world(), state("c1=1", "c2=3"))
    assert judged.wrong == [(f"{CRM}/c2", f"{ERP}/3")]
    assert (judged.precision, judged.recall) == (0.5, pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("pairs", "reviews", "fate", "created"),
    [
        (("c3=new", "new=3"), (), "created", 2),
        ((), (("propose", f"{CRM}/c3"),), "proposed", 0),
        ((), (("cluster", f"{ERP}/3"),), "held", 0),
        ((), (), "other", 0),
    ],
)
def test_a_missed_pair_and_its_fate(pairs, reviews, fate, created):
    judged = judge(world(), state("c1=1", "c2=2", *pairs, reviews=reviews))
    assert [(one.person, one.fate, one.created) for one in judged.all_missed] == [(3, fate, created)]


def test_a_doubled_person_waits_whole():
    reviews = [("cluster", f"{CRM}/{id_}") for id_ in ("c1", "c1b")]
    waits = judge(world(doubled=[1]), state("c2=2", "c3=3", held=["c1", "c1b"], reviews=reviews))
    assert (waits.doubled, waits.doubled_in_review, waits.doubled_linked, waits.doubled_created) == (
        1,
        1,
        0,
        [],
    )
    half = judge(world(doubled=[1]), state("c1=1", "c2=2", "c3=3", held=["c1b"], reviews=reviews[1:]))
    assert (half.doubled_in_review, half.doubled_linked) == (0, 1)


def test_the_partner_of_a_doubled_person_must_not_be_created_once_more():
    judged = judge(world(doubled=[1]), state("new=1", "c2=2", "c3=3"))
    assert judged.doubled_created == [f"{ERP}/1"]


def test_a_record_that_no_link_knows_was_created_twice():
    made = state("c1=1", "c2=2")
    assert created_in(frozenset({"1"}), made, ERP, {"1", "2"}) == (1, [])
    assert created_in(frozenset({"1"}), made, ERP, {"1", "2", "9"}) == (2, [f"{ERP}/9"])


def test_values_are_compared_as_the_systems_show_them():
    made = state("c1=1")
    assert differing(made, {"c1": CRM_BODY}, {"1": ERP_BODY}) == (1, [])
    other = {**ERP_BODY, "born": "02.02.1990"}
    assert differing(made, {"c1": CRM_BODY}, {"1": other}) == (1, [f"{CRM}/c1 {ERP}/1"])
    assert differing(made, {"c1": CRM_BODY}, {}) == (1, [f"{CRM}/c1 {ERP}/1"])


def test_what_is_not_so_ends_it_with_what_was_expected_and_seen():
    tell = Teller(lambda _line: None)
    tell.same("two and two", 4, 4)
    with pytest.raises(NotSo, match="not so: two and two; expected 4, seen 5"):
        tell.same("two and two", 4, 5)
    assert tell.checks == 2
