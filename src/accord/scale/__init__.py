"""Several workers of one project: a conductor that runs the cycles, and hands that perform pieces of them (C3)."""

from accord.scale.worker import Worker

__all__ = ["Worker"]
