"""What a manifest of a database may say, and the statements that are printed for whoever owns it."""

import pytest

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_kind import check_kind
from accord.connectorkit.manifest_parts import IdSpec
from accord.connectorkit.observe import joined_id, parted_id
from accord.connectors.sql.statements import log_statements, notify_statements

LOG = {"slot": "accord_person", "publication": "accord"}
TOLD = {"changes": {"format": "token"}, "tombstones": {}, "options": {"log": LOG}}


def problems(*types, url="postgresql://there/erp", **top):
    made = {
        f"Person{n}": {"path": "person", "properties": {"name": {}}, "update": "patch", **it}
        for n, it in enumerate(types)
    }
    told = {"name": "erp", "kind": "sql", "base_url": url, "types": made, **top}
    found = check_kind(Manifest.model_validate(told))
    return [(problem.what, problem.remedy) for problem in found]


def test_what_fits():
    assert problems(TOLD, options={"notify": "accord"}) == []
    assert problems({}, url="mysql://there/erp") == []


@pytest.mark.parametrize("url", ["mysql://there/erp", "sqlite:///erp.db"])
def test_only_postgresql_tells_of_changes_by_itself(url):
    assert [what for what, _ in problems(TOLD, url=url, options={"notify": "accord"})] == [
        "options: notify is of PostgreSQL alone",
        "Person0: the log can be read of PostgreSQL alone",
    ]


def test_the_log_tells_changes_and_deletes_and_each_type_has_a_slot_of_its_own():
    assert problems({"options": {"log": LOG}}) == [
        ("Person0: the log tells changes and deletes", "Write changes: {format: token} and tombstones: {}")
    ]
    assert (
        problems({"changes": {"format": "token"}})[0][1] == "Write options: {log: {slot: …, publication: …}}"
    )
    assert problems(TOLD, TOLD) == [("Person1: slot accord_person is that of Person0", "Name another one")]


def test_statements_quote_names():
    function, trigger = notify_statements("it's", ['my shop.or"der'])
    assert function.startswith('CREATE OR REPLACE FUNCTION "it\'s_tell"() RETURNS trigger')
    assert "pg_notify('it''s', " in function
    assert 'ON "my shop"."or""der" FOR EACH STATEMENT' in trigger
    assert list(log_statements("p", ["a", "s.b"], "me"))[1:] == [
        'CREATE PUBLICATION "p" FOR TABLE "a", "s"."b";',
        'ALTER ROLE "me" REPLICATION;',
    ]


SPEC = IdSpec(parts={"doc": "text", "no": "bare"})


@pytest.mark.parametrize("doc", ["A", "a',no=1", "''", "'", ",", "ø\n", "doc='x',no=2"])
def test_an_id_of_several_parts_is_taken_apart_again(doc):
    made = joined_id({"doc": doc, "no": -7}, SPEC)
    assert made is not None
    assert parted_id(made, SPEC) == [doc, "-7"]


@pytest.mark.parametrize(
    "wrong", ["", "doc='a'", "doc='a',no=", "doc='a',no=1,", "doc=a,no=1", "no=1,doc='a'", "doc='',no=1"]
)
def test_what_is_no_such_id_has_no_parts(wrong):
    assert parted_id(wrong, SPEC) is None
