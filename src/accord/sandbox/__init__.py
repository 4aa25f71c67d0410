"""A real server for any manifest: HTTP around the played system."""

from accord.sandbox.auth import Access
from accord.sandbox.messages import Request, Response
from accord.sandbox.sandbox import Sandbox
from accord.sandbox.server import SandboxServer
from accord.sandbox.setup import Load, Setup

__all__ = ["Access", "Load", "Request", "Response", "Sandbox", "SandboxServer", "Setup"]
