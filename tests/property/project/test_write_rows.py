"""Rows are added in whatever layout people write: nothing else changes, and nothing is refused."""

import tempfile
from pathlib import Path

from hypothesis import given, strategies as st

from accord.project import load_project
from accord.project.write_rows import add_to_pairs, save_changes

HEAD = "version: 1\nname: shop\nsystems:\n  crm: {connector: crmoffice}\n  erp: {connector: customerp}\n"
PAIRS = [
    ("crm.Contacts", "erp.Contact", "[email, email]", ["givenName", "firstName"]),
    ("crm.Companies", "erp.Product", "[name, name]", ["email", "supplier.email"]),
    ("crm.Activities", "erp.Project", "[subject, name]", ["description", "description"]),
]
COMMENTS = st.sampled_from(["", " # here", "  #rows: []", " # [a, b]"])
LISTS = st.sampled_from(
    ["none", "null", "~", "[]", "[ ]", "flow", "flow over lines", "block", "block of maps"]
)


@st.composite
def a_list(draw: st.DrawFn, key: str, entry: str, indent: int) -> list[str]:
    """Lines of a key with a list of one entry, or of none."""
    how, comment = draw(LISTS), draw(COMMENTS)
    blank = " " * indent
    inner = blank + " " * draw(st.sampled_from([0, 2, 4]))
    left, right = entry.strip("[]").split(", ")
    layouts = {
        "none": [f"{blank}{key}:{comment}"],
        "null": [f"{blank}{key}: null{comment}"],
        "~": [f"{blank}{key}:   ~{comment}"],
        "[]": [f"{blank}{key}: []{comment}"],
        "[ ]": [f"{blank}{key}:  [ ]{comment}"],
        "flow": [f"{blank}{key}: [{entry}]{comment}"],
        "flow over lines": [f"{blank}{key}: [", f"{blank}  {entry},{comment}", f"{blank}  ]"],
        "block": [f"{blank}{key}:{comment}", f"{inner}- {entry}{comment}", f"{inner}# more?"],
        "block of maps": [
            f"{blank}{key}:", f"{inner}- from: {left}{comment}", f"{inner}  to: {{path: {right}}}{comment}"
        ],
    }  # fmt: skip
    return layouts[how]


@st.composite
def projects(draw: st.DrawFn) -> tuple[str, int]:
    """The text of a project's pairs, each laid out in its own way, and how many there are."""
    count, dash = draw(st.integers(1, 3)), " " * draw(st.sampled_from([0, 2]))
    lines = ["# mine", "pairs:"]
    for left, right, entry, _ in PAIRS[:count]:
        if draw(st.integers(0, 4)) == 0:
            rows = draw(st.sampled_from(["[]", f"[{entry}]", "[ ]"]))
            lines.append(f"{dash}- {{from: {left}, to: {right}, rows: {rows}}}{draw(COMMENTS)}")
            continue
        rows = draw(a_list("rows", entry, len(dash) + 2))
        parts = [[f"{dash}  from: {left}"], [f"{dash}  to: {right}", f"{dash}  # two"], rows]
        first, *rest = [line for part in draw(st.permutations(parts)) for line in part]
        lines += [f"{dash}- {first.strip()}", *rest, *draw(st.sampled_from([[], ["", f"{dash}# next"]]))]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(lines) + draw(st.sampled_from(["", end])), count


@given(projects(), st.lists(st.sampled_from(["rows", "match"]), min_size=1, max_size=3))
def test_entries_are_added_in_any_layout_and_all_other_lines_stay(
    made: tuple[str, int], keys: list[str]
) -> None:
    text, count = made
    entries = {
        key: [[PAIRS[at][3] if key == "rows" else [PAIRS[at][3]]] for at in range(count)] for key in keys
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "accord.yaml").write_bytes((HEAD + text).encode())
        before = load_project(folder)
        additions = {at: [(key, entries[key][at][0]) for key in entries] for at in range(count)}
        save_changes(add_to_pairs(before, additions))
        after = load_project(folder)
        new = (folder / "accord.yaml").read_bytes().decode()
    for at, pair in enumerate(before.config.pairs):
        now = after.config.pairs[at]
        assert now.rows[: len(pair.rows)] == pair.rows
        assert len(now.rows) == len(pair.rows) + ("rows" in entries)
        assert len(now.match) == ("match" in entries)
    there = iter(new.splitlines())
    for line in (HEAD + text).splitlines():
        if "rows" not in line and "[" not in line:
            assert line in there, "a line is gone, or stands elsewhere"
