"""The figures of the demonstration, as people read them."""

from accord.demo.summary import Change, Summary


def test_figures_stand_below_each_other_and_plurals_are_right():
    summary = Summary(
        seed=1,
        persons=5_000,
        kills=[5, 1_106, 2_117],
        links=3_863,
        precision=1.0,
        missed=1,
        missed_created=["rec-1-org = customerp.Contact/1"],
        created_although_there=2,
        changes=[Change(scene="a conflict", changes=2, writes=1)],
    )
    lines = list(summary.lines())
    assert "persons found in both systems         3,863" in lines
    assert "  precision                          1.0000   0 wrong links" in lines
    assert "  repeated by a crash                     0   killed after 5, 1,106 and 2,117 writes" in lines
    assert "    rec-1-org = customerp.Contact/1" in lines
    assert "writes after a conflict                   1   2 edits" in lines
    assert not any("(s)" in line or line.endswith(" ") for line in lines)
