"""What is drafted of rows: a value that one of a record's places refuses takes all of the record with it."""

import pytest
import yaml

from accord.dataflow import project_from_documents
from accord.dataflow.document import Cell, Condition, Document, End, Row, Section


def told(source: str, target: str, *rows: tuple[str, str, str]) -> Document:
    cells = tuple(
        Row(Cell(ours), Cell(theirs), kind, line=n) for n, (ours, theirs, kind) in enumerate(rows, 1)
    )
    ends = {"crm": End("Deal"), "erp": End("Order")}
    section = Section(ends[source], ends[target], rows=cells)
    return Document(source, target, (section,), file=f"{source}-{target}.rst")


def types(*documents: Document) -> list[str]:
    draft = project_from_documents(documents, name="numbers", known={})
    (pair,) = yaml.safe_load(draft.files["accord.yaml"])["pairs"]
    return [row[2] if isinstance(row, list) else row["type"] for row in pair["rows"]]


@pytest.mark.parametrize(
    ("wide", "narrow"), [("float", "integer"), ("decimal(2)", "integer"), ("decimal(4)", "decimal(2)")]
)
def test_numbers_that_go_to_several_places_are_such_as_all_of_them_take(wide: str, narrow: str) -> None:
    rows = (("amount", "sum", wide), ("amount", "count", narrow))
    assert types(told("crm", "erp", *rows)) == types(told("crm", "erp", *rows[::-1])) == [narrow, narrow]


def test_so_are_those_that_two_documents_write_with_types_of_their_own() -> None:
    documents = [
        told("crm", "erp", ("amount", "sum", "float")),
        told("erp", "crm", ("sum", "amount", "integer")),
    ]
    assert types(*documents) == types(*documents[::-1]) == ["integer"]


def test_decimals_are_kept_where_all_places_take_them() -> None:
    assert (
        types(told("crm", "erp", ("amount", "sum", "float"), ("amount", "total", "float"))) == ["float"] * 2
    )


def test_a_row_that_is_left_out_makes_no_list_of_what_others_take_for_a_property() -> None:
    value = Cell("emails.value", (Condition("work", "emails.kind"), Condition("NO", "")))
    rows = (Row(value, Cell("mail"), line=1), Row(Cell("emails.kind"), Cell("kind"), line=2))
    section = Section(End("Deal"), End("Order"), rows=rows)
    draft = project_from_documents([Document("crm", "erp", (section,), file="crm-erp.rst")], known={})
    drafted = yaml.safe_load(draft.files["manifests/crm.yaml"])["types"]["Deal"]["properties"]
    assert drafted.keys() == {"emails.value", "emails.kind"}
