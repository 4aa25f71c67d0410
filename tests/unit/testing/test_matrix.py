"""The matrix counts worlds, and an empty cell says why it is empty."""

from accord.testing.world.matrix import Matrix, as_markdown, as_text

FAULTS, RULES = ["crash", "late", "stale"], ["M4", "W10"]


def played() -> Matrix:
    matrix = Matrix()
    matrix.add({"fault crash": 2, "fault late": 1, "update": 9}, {"W10": 3})
    matrix.add({"fault late": 4, "fault stale": 0}, {"W10": 1, "M4": 0})
    return matrix


def why(one: str, other: str) -> str:
    return "they exclude each other" if {one, other} == {"crash", "stale"} else ""


def test_worlds_are_counted_and_not_strikes() -> None:
    matrix = played()
    assert (matrix.worlds, matrix.struck["late"], matrix.met("late", "crash")) == (2, 2, 1)
    assert (matrix.under["late", "W10"], matrix.under["crash", "W10"], matrix.under["late", "M4"]) == (
        2,
        1,
        0,
    )


def test_empty_cells_are_named() -> None:
    assert played().empty(["crash", "late", "stale"], ["W10"]) == [
        ("crash", "stale"),
        ("late", "stale"),
        ("stale", "W10"),
    ]


def test_a_cell_without_a_reason_stands_out() -> None:
    text = as_text(played(), FAULTS, RULES, why)
    assert text.splitlines()[3] == " 1 crash 1  1  ·"
    assert text.splitlines()[4] == " 2 late  1  2 0!"


def test_the_page_tells_every_reason_once() -> None:
    page = as_markdown(played(), FAULTS, RULES, why)
    assert "| 1 `crash` | 1 | 1 | · |" in page
    assert page.count("- they exclude each other: crash x stale, stale x crash.") == 1
    assert "**0**" in page
