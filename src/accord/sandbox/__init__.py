"""A real server for any manifest: HTTP around the played system."""

from accord.sandbox.auth import Access
from accord.sandbox.command import sandbox_command
from accord.sandbox.messages import Request, Response
from accord.sandbox.run import run_sandbox
from accord.sandbox.sandbox import Sandbox
from accord.sandbox.server import SandboxServer
from accord.sandbox.setup import Load, Setup

__all__ = [
    "Access",
    "Load",
    "Request",
    "Response",
    "Sandbox",
    "SandboxServer",
    "Setup",
    "run_sandbox",
    "sandbox_command",
]
