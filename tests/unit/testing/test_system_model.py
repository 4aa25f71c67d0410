"""A played system answers as its manifest says."""

import pytest


def complaints(answer):
    return {(c.property, c.message) for c in answer.complaints}


def test_a_create_makes_id_version_and_times(system):
    s = system()
    answer = s.model.create("Person", {"name": " Ann ", "address": {"city": "Oslo"}})
    stamp = "2024-07-01T12:00:00.000000Z"
    assert (answer.status, answer.id, answer.version, answer.etag) == (201, "1", "1", '"1"')
    assert answer.body == {
        "id": 1,
        "rev": 1,
        "made": stamp,
        "changed": stamp,
        "name": "Ann",
        "kind": "a",
        "address": {"city": "Oslo"},
    }
    assert s.model.get("Person", "1").body == answer.body
    assert answer.ok


@pytest.mark.parametrize(
    ("body", "status", "prop", "message"),
    [
        ({}, 422, "name", "is required"),
        ({"name": "  "}, 422, "name", "is required"),
        ({"name": None}, 422, "name", "is required"),
        ({"name": "x" * 11}, 422, "name", "is longer than 10 characters"),
        ({"name": 3}, 422, "name", "must be of type string"),
        ({"name": "x", "kind": "c"}, 422, "kind", "must be one of a, b"),
        ({"name": "x", "total": 3}, 422, "total", "can not be written"),
        ({"name": "x", "firm": 9}, 422, "firm", "there is no such record of Company"),
        ({"name": "x", "firm": "9"}, 422, "firm", "must be of type integer"),
        ({"name": "x", "nick": "y"}, 422, "nick", "there is no such property"),
        ({"name": "x", "address": {"street": "y"}}, 422, "address.street", "there is no such property"),
        ({"name": "x", "email": "taken"}, 409, "email", "is taken by another record"),
        ([], 400, "", "the body is no object"),
    ],
)
def test_w9_a_create_is_refused_with_a_reason_and_the_property(system, body, status, prop, message):
    s = system()
    s.add("Old", email="taken")
    answer = s.model.create("Person", body)
    assert (answer.status, complaints(answer)) == (status, {(prop, message)})
    detail = answer.body["errors"][0]
    assert detail["detail"] == message
    assert detail.get("field", "") == prop
    assert len(s.model.tables()["Person"]) == 1


def test_all_complaints_come_at_once(system):
    answer = system().model.create("Person", {"name": 3, "kind": "c"})
    assert [e["field"] for e in answer.body["errors"]] == ["name", "kind"]


def test_errors_stand_where_the_manifest_says(system):
    bad = {"name": 3, "kind": "c"}
    flat = system(errors={"message": "error.text", "property": "error.field"}).model.create("Person", bad)
    assert flat.body == {"error": {"text": "must be of type string", "field": "name"}}
    plain = system(errors=None).model.create("Person", bad)
    assert plain.body == {"message": "must be of type string; must be one of a, b"}
    texts = system(errors={"message": "errors[]"}).model.create("Person", bad)
    assert texts.body == {"errors": ["must be of type string", "must be one of a, b"]}


def test_a_patch_leaves_the_rest_and_null_clears(system):
    s = system()
    s.add("Ann", address={"city": "Oslo", "zip": "1"})
    answer = s.model.update("Person", "1", {"address": {"city": "Rome"}})
    assert answer.body["address"] == {"city": "Rome", "zip": "1"}
    assert s.model.update("Person", "1", {"address": None}).body["address"] == {"city": None, "zip": None}
    assert answer.body["name"] == "Ann"


def test_w1_a_replace_blanks_what_is_not_sent(system):
    s = system(update="replace")
    s.model.create("Person", {"name": "Ann", "email": "e", "code": "c", "address": {"city": "Oslo"}})
    answer = s.model.update("Person", "1", {"name": "Bo", "code": "c", "id": 1, "rev": 1, "changed": "x"})
    assert {k: v for k, v in answer.body.items() if k in ("name", "email", "address", "code")} == {
        "name": "Bo",
        "code": "c",
        "address": {},
    }
    assert answer.body["made"]
    assert s.model.update("Person", "1", {"email": "x"}).status == 422


def test_create_only_and_read_only_hold_for_the_api_and_not_for_people(system):
    s = system()
    s.model.create("Person", {"name": "Ann", "code": "c"})
    assert complaints(s.model.update("Person", "1", {"code": "d"})) == {
        ("code", "can not be changed any more")
    }
    assert s.model.update("Person", "1", {"code": "c"}).ok
    assert s.model.update("Person", "1", {"total": None}).ok
    assert s.model.person_edit("Person", "1", {"code": "d", "total": "3.5"}).ok
    assert s.record("1")["total"] == "3.5"


def test_w2_a_write_that_names_another_version_is_refused(system):
    s = system()
    s.add("Ann")
    s.model.person_edit("Person", "1", {"name": "Bo"})
    answer = s.model.update("Person", "1", {"name": "Cy"}, '"1"')
    assert (answer.status, answer.etag, s.record("1")["name"]) == (412, '"2"', "Bo")
    assert s.model.delete("Person", "1", '"1"').status == 412
    assert s.model.update("Person", "1", {"name": "Cy"}, 'W/"2"').ok
    assert s.model.update("Person", "1", {"name": "Cy"}, "*").ok
    assert s.model.update("Person", "1", {"name": "Dee"}).ok


def test_w2_a_system_that_knows_no_condition_takes_any_write(system):
    s = system(conditional=None)
    s.add("Ann")
    assert s.model.update("Person", "1", {"name": "Cy"}, '"99"').ok


def test_what_is_not_there(system):
    s = system()
    s.add("Ann")
    assert s.model.delete("Person", "1").status == 204
    assert [s.model.get("Person", i).status for i in ("1", "2")] == [410, 404]
    assert s.model.update("Person", "1", {"name": "x"}).status == 410
    assert s.model.delete("Person", "1").status == 410
    assert system(gone_status=[404]).model.get("Person", "1").status == 404


def test_w3_a_key_gives_the_same_record_while_it_is_valid(system):
    s = system()
    first = s.model.create("Person", {"name": "Ann"}, "k")
    s.model.person_edit("Person", "1", {"name": "Bo"})
    again = s.model.create("Person", {"name": "Ann"}, "k")
    assert (first.status, again.status, again.id, again.body["name"]) == (201, 200, "1", "Bo")
    s.clock.pass_s(61)
    assert s.model.create("Person", {"name": "Ann"}, "k").id == "2"


def test_w3_a_refused_create_does_not_use_its_key_up(system):
    s = system()
    assert s.model.create("Person", {}, "k").status == 422
    assert s.model.create("Person", {"name": "Ann"}, "k").status == 201


def test_w3_a_key_that_is_not_honoured_makes_two(system):
    s = system(idempotency=None)
    assert [s.model.create("Person", {"name": "Ann"}, "k").id for _ in range(2)] == ["1", "2"]


def test_a_deleted_record_frees_its_unique_value_and_takes_it_back_only_if_free(system):
    s = system()
    s.add("Ann", email="e")
    s.model.person_delete("Person", "1")
    s.add("Bo", email="e")
    assert s.model.person_restore("Person", "1").status == 409
    s.model.person_edit("Person", "2", {"email": "f"})
    assert s.model.person_restore("Person", "1").ok
    assert s.record("1")["email"] == "e"
    assert s.model.person_restore("Person", "1").status == 404


def test_a_reference_needs_a_live_record(system):
    s = system()
    assert s.model.create("Company", {"title": "T"}).id == "1"
    assert s.model.create("Person", {"name": "Ann", "firm": 1}).ok
    s.model.person_delete("Company", "1")
    assert s.model.create("Person", {"name": "Bo", "firm": 1}).status == 422


def test_people_act_in_their_own_name_and_unhindered(system):
    s = system(creator="by")
    s.model.before_call = lambda *_: pytest.fail("people are no calls")
    assert s.model.person_create("Person", {"name": "Ann"}).body["by"] == "person"
    assert s.model.person_clear("Person", "1", "address.city").body["address"] == {"city": None}
    s.model.before_call = None
    assert s.model.create("Person", {"name": "Bo"}).body["by"] == "hub"
    assert s.model.calls == {"create": 1}
    assert s.model.calls_by_type == {("create", "Person"): 1}


def test_s10_a_merged_record_reads_as_the_winner(system):
    s = system(successor="into")
    s.add("Ann", "Bo")
    assert s.model.person_merge("Person", "1", "2").ok
    assert s.model.get("Person", "1").body["id"] == 2
    assert list(s.model.tables()["Person"]) == ["2"]


def test_people_act_between_our_read_and_our_write(system):
    s = system()
    s.add("Ann")
    seen = []
    s.model.before_call = lambda op, name, i: s.model.person_edit("Person", "1", {"name": "Bo"})
    s.model.after_call = lambda *call: seen.append(call)
    assert s.model.update("Person", "1", {"name": "Cy"}, '"1"').status == 412
    assert seen == [("update", "Person", "1")]


def test_replies_hold_what_the_manifest_says(system):
    short = system(replies={"create": "id", "update": "none"})
    assert short.model.create("Person", {"name": "Ann"}).body == {"id": 1}
    answer = short.model.update("Person", "1", {"name": "Bo"})
    assert (answer.status, answer.body, answer.version) == (204, None, "2")
    none = system(replies={"create": "none"}).model.create("Person", {"name": "Ann"})
    assert (none.status, none.body, none.id) == (201, None, "1")


def test_records_are_wrapped_where_the_manifest_says(system):
    s = system(record="data.person", wraps="person")
    answer = s.model.create("Person", {"person": {"name": "Ann"}})
    assert answer.body["data"]["person"]["name"] == "Ann"
    assert s.model.create("Person", {"name": "Ann"}).status == 400


@pytest.mark.parametrize(
    ("spec", "versions"),
    [
        ({}, ["1", "2"]),
        ({"version": {"etag": True, "order": "opaque"}}, ["9e3779b1", "3c6ef362"]),
        ({"version": {"property": "changed", "order": "ordered"}}, ["2024-07-01T12:00:00.000000Z"] * 2),
        ({"version": None, "conditional": None}, ["", ""]),
    ],
)
def test_versions_are_made_as_declared(system, spec, versions):
    s = system(**spec)
    s.add("Ann")
    answers = [s.model.get("Person", "1"), s.model.person_edit("Person", "1", {"name": "Bo"})]
    assert [a.version for a in answers] == versions


def test_ids_are_text_or_numbers_as_declared(system):
    s = system(id={"property": "id", "case": "upper"})
    assert s.add("Ann") == ["P1"]
    assert s.model.get("Person", "p1").body["id"] == "p1"


def test_s11_restored_from_a_backup(system):
    s = system()
    s.add("Ann")
    backup = s.model.snapshot()
    s.model.person_edit("Person", "1", {"name": "Bo"})
    s.add("Cy", email="e")
    for _ in range(2):
        s.model.restore(backup)
        assert {i: r["name"] for i, r in s.model.tables()["Person"].items()} == {"1": "Ann"}
        assert s.add("Dee", email="e") == ["2"]


def test_answers_and_bodies_are_copies(system):
    s = system()
    body = {"name": "Ann", "address": {"city": "Oslo"}}
    answer = s.model.create("Person", body)
    body["address"]["city"] = answer.body["address"]["city"] = "Rome"
    s.model.tables()["Person"]["1"]["address"]["city"] = "Rome"
    s.model.list("Person").items[0]["address"]["city"] = "Rome"
    assert s.record("1")["address"]["city"] == "Oslo"


def test_unknown_entity_types(system):
    with pytest.raises(KeyError):
        system().model.get("Nothing", "1")
    with pytest.raises(KeyError, match="no endpoint for deletes"):
        system().model.tombstones("Person")


def test_the_same_seed_gives_the_same_answers(system):
    def play():
        s = system({"errors": 0.2, "lost_after": 0.2, "late": 0.2, "late_s": 3}, seed=5)
        told = []
        for i in range(60):
            s.clock.pass_s(1)
            a = s.model.create("Person", {"name": f"n{i}"})
            told.append((a.status, a.lost, a.id))
        return told, s.model.tables()

    assert play() == play()
