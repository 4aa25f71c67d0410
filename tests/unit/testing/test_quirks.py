"""Misbehaviour of a played system."""

import pytest

from accord.testing.system_model import Quirks, add_quirk, quirks_from


@pytest.mark.parametrize(
    ("quirks", "raw", "made"),
    [
        ({"trims": ["email"]}, " e ", "e"),
        ({"trims": "email"}, " e ", "e"),
        ({"recases": {"email": "upper"}}, "e", "E"),
        ({"truncates": {"email": 2}}, "abc", "ab"),
    ],
)
def test_s5_values_are_changed_undeclared(system, quirks, raw, made):
    s = system(quirks)
    assert s.model.create("Person", {"name": "a", "email": raw}).body["email"] == made
    assert s.model.person_edit("Person", "1", {"email": raw}).body["email"] == made


def test_s5_numbers_are_rounded(system):
    s = system({"rounds": {"total": 1}})
    s.add("a")
    assert s.model.person_edit("Person", "1", {"total": 1.25}).body["total"] == 1.3


def test_s5_a_write_is_ignored_and_a_persons_edit_is_not(system):
    s = system({"ignores": ["email"]})
    assert "email" not in s.model.create("Person", {"name": "a", "email": "x"}).body
    assert s.model.person_edit("Person", "1", {"email": "p"}).body["email"] == "p"
    answer = s.model.update("Person", "1", {"email": "y", "name": "b"})
    assert (answer.status, answer.body["email"], answer.body["name"]) == (200, "p", "b")


def test_s6_a_property_is_computed_at_each_write(system):
    s = system({"computes": {"address.zip": "{name} of {address.city}"}})
    s.add("Ann", address={"city": "Oslo"})
    assert s.record("1")["address"]["zip"] == "Ann of Oslo"
    assert s.model.update("Person", "1", {"name": "Bo"}).body["address"]["zip"] == "Bo of Oslo"


def test_w1_an_update_blanks_what_it_does_not_send(system):
    s = system({"replaces": True})
    s.add("Ann", email="e")
    assert "email" not in s.model.update("Person", "1", {"name": "Bo"}).body
    s.model.person_edit("Person", "1", {"email": "e"})
    assert s.model.person_edit("Person", "1", {"name": "Cy"}).body["email"] == "e"


def test_s3_nulls_are_left_out(system):
    s = system({"omits_nulls": True})
    s.add("Ann", email="e")
    assert "email" not in s.model.person_clear("Person", "1", "email").body


def test_an_update_that_changes_nothing_may_make_no_version(system):
    s = system({"noop_keeps": True})
    s.add("Ann")
    assert s.model.update("Person", "1", {"name": "Ann"}).version == "1"
    assert s.model.update("Person", "1", {"name": "Bo"}).version == "2"
    assert system().model.person_create("Person", {"name": "Ann"}).version == "1"


def test_m3_the_clock_is_off(system):
    s = system({"clock_offset_s": 90})
    s.add("Ann")
    assert s.record("1")["changed"] == "2024-07-01T12:01:30.000000Z"
    answer = s.model.get("Person", "1")
    assert answer.date_us - s.clock.us == 90_000_000


def test_order_never_runs_backwards_whatever_the_clock_does(system):
    s = system({"clock_offset_s": 90})
    s.add("a")
    s.model.quirks["Person"].clock_offset_s = 0
    s.add("b")
    assert [i["name"] for i in s.model.list("Person").items] == ["a", "b"]
    assert s.model.list("Person", "2024-07-01T12:00:30Z").items[-1]["name"] == "b"


def test_c1_a_reply_is_lost_after_the_write(system):
    s = system({"lost_after": 1})
    answer = s.model.create("Person", {"name": "Ann"})
    assert (answer.lost, answer.ok, list(s.model.tables()["Person"])) == (True, False, ["1"])


def test_c1_a_call_is_lost_before_the_write(system):
    s = system({"lost_before": 1})
    assert s.model.create("Person", {"name": "Ann"}).lost
    assert s.model.tables()["Person"] == {}
    assert not s.model.get("Person", "1").lost


def test_w4_a_write_that_was_given_up_is_applied_later(system):
    s = system({"late": 1, "late_s": 4})
    s.add("Ann")
    assert s.model.update("Person", "1", {"name": "Bo"}).lost
    assert (s.record("1")["name"], s.model.in_air()) == ("Ann", 1)
    s.clock.pass_s(4)
    assert (s.record("1")["name"], s.model.in_air()) == ("Bo", 0)


def test_w4_a_late_write_that_names_a_version_can_not_land_on_another(system):
    s = system({"late": 1})
    s.add("Ann")
    assert s.model.update("Person", "1", {"name": "Bo"}, '"1"').lost
    s.model.person_edit("Person", "1", {"name": "Cy"})
    s.clock.pass_s(30)
    assert s.record("1")["name"] == "Cy"


def test_w3_a_late_create_and_its_repetition_make_one_record(system):
    s = system({"late": 1, "late_s": 5})
    assert s.model.create("Person", {"name": "Ann"}, "k").lost
    s.model.quirks["Person"].late = 0
    assert s.model.create("Person", {"name": "Ann"}, "k").status == 201
    s.clock.pass_s(5)
    assert list(s.model.tables()["Person"]) == ["1"]


def test_a_server_error_says_nothing_of_the_write(system):
    before = system({"errors": 1})
    assert before.model.create("Person", {"name": "Ann"}).status == 500
    assert before.model.tables()["Person"] == {}
    after = system({"errors_after": 1})
    assert after.model.create("Person", {"name": "Ann"}).status == 500
    assert len(after.model.tables()["Person"]) == 1


def test_every_nth_call_fails(system):
    s = system({"error_every": 3})
    assert [s.model.list("Person").status for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    t = system({"throttle_every": 2, "retry_after_s": 7})
    answers = [t.model.create("Person", {"name": "a"}) for _ in range(2)]
    assert [(a.status, a.retry_after_s) for a in answers] == [(201, None), (429, 7)]
    listed = system({"throttles": 1}).model.list("Person")
    assert (listed.status, listed.retry_after_s) == (429, 1)


def test_connections_drop_before_or_after_the_write(system):
    s = system({"dropped": 1})
    answers = [s.model.create("Person", {"name": "a"}) for _ in range(40)]
    assert all(a.lost for a in answers)
    assert 5 < len(s.model.tables()["Person"]) < 35
    assert s.model.list("Person").lost


def test_the_declared_rate_can_be_enforced(system):
    s = system()
    manifest = s.model.manifest
    s.model.trouble._rate = manifest.rate.model_copy(update={"per_second": 2.0})
    s.model.trouble.enforce_rate = True
    assert [s.model.list("Person").status for _ in range(3)] == [200, 200, 429]
    assert s.model.list("Person").retry_after_s == 0.5
    s.clock.pass_s(0.5)
    assert s.model.list("Person").status == 200


def test_s7_items_come_twice(system):
    s = system({"duplicates": 1})
    s.add("a", "b")
    ids = [i["id"] for i in s.model.list("Person").items]
    assert (len(ids), set(ids)) == (3, {1, 2})


def test_s7_pages_come_in_another_order_and_none_is_missing(system):
    s = system({"late_pages": 0.5})
    names = [f"n{i}" for i in range(20)]
    s.add(*names)
    disordered = 0
    for _ in range(10):
        token, found = None, []
        while True:
            answer = s.model.list("Person", "", token)
            found += [i["name"] for i in answer.items]
            token = answer.next
            if token is None:
                break
        assert sorted(found) == sorted(names)
        disordered += found != names
    assert disordered > 0


def test_quirks_from_data():
    assert quirks_from({"A": {"trims": "x", "lag_s": 2}})["A"] == Quirks(trims=("x",), lag_s=2)
    with pytest.raises(ValueError, match="trimz"):
        quirks_from({"A": {"trimz": "x"}})


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("people.trims=name, email", "trims", ("name", "email")),
        ("People.truncates=name:10,email:5", "truncates", {"name": 10, "email": 5}),
        ("*.error_every=7", "error_every", 7),
        ("people.replaces", "replaces", True),
        ("people.replaces=false", "replaces", False),
        ("people.lag_s=2.5", "lag_s", 2.5),
        ("people.recases=name:upper", "recases", {"name": "upper"}),
        ("people.computes=full:{a}, {b}", "computes", {"full": "{a}, {b}"}),
    ],
)
def test_quirks_from_a_command_line(text, name, value):
    quirks = {}
    add_quirk(text, quirks, {"People": None})
    assert getattr(quirks["People"], name) == value


def test_quirks_of_one_name_add_up():
    quirks = {"People": Quirks(trims=("a",))}
    add_quirk("people.trims=b", quirks, ["People", "Firms"])
    add_quirk("*.lag_s=1", quirks, ["People", "Firms"])
    assert quirks["People"].trims == ("a", "b")
    assert quirks["Firms"].lag_s == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "TYPE.QUIRK=VALUE"),
        ("people.trimz=a", "there are trims"),
        ("persons.trims=a", "there are People"),
        ("people.trims", "needs a value"),
        ("people.truncates=name", "PROPERTY:VALUE"),
        ("people.lag_s=soon", "lag_s"),
        ("people.errors=2", "errors"),
    ],
)
def test_a_quirk_that_can_not_be_read_says_what_would_be_right(text, told):
    with pytest.raises(ValueError, match=told):
        add_quirk(text, {}, {"People": None})
