"""The hub as a service: runs by schedule and by hint, and what it answers over HTTP meanwhile."""

from accord.serving.service import Options, Service

__all__ = ["Options", "Service"]
