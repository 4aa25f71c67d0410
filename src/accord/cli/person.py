"""Who is at the keyboard: the name that decisions are kept under."""

import getpass

__all__ = ["person_name"]


def person_name() -> str:
    """The user's login name, "person" where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "person"
