"""The demonstration: two sandboxes, the real program, persons whose truth is known, and everything checked."""

from accord.demo.show import run_demo
from accord.demo.summary import Summary
from accord.demo.telling import NotSo

__all__ = ["NotSo", "Summary", "run_demo"]
