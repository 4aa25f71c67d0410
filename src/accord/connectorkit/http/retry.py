"""What answers say about when to ask again."""

from email.utils import parsedate_to_datetime
from math import isnan

from accord.connectorkit.http.transport import Response
from accord.ports.clock import Clock

__all__ = ["retry_after_s"]

_DAY_S = 86_400.0


def retry_after_s(response: Response, clock: Clock) -> float | None:
    """Seconds that the Retry-After header asks for, given in seconds or as a date; None where there is none."""
    text = response.headers.get("Retry-After")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - clock.now_us() / 1e6
        except (ValueError, TypeError, OverflowError):
            return None
    return None if isnan(seconds) else min(max(seconds, 0.0), _DAY_S)
