"""What must be true once edits and faults have stopped, told from what people did and the systems hold."""

from accord.testing.world.oracle.facts import Began, Facts, Verdict, gather
from accord.testing.world.oracle.judge import judge, judge_stranger

__all__ = ["Began", "Facts", "Verdict", "gather", "judge", "judge_stranger"]
