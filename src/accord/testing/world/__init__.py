"""A simulated world: played systems, people who work in them, faults, and the hub on virtual time.

The same seed gives the same trace. The oracle is computed from what people did, not from the hub's own state.
`python -m accord.testing.world SEED` plays one again and tells its story.
"""

from accord.testing.world.oracle import Verdict
from accord.testing.world.play import Outcome, play, seldom_collected
from accord.testing.world.story import tell

__all__ = ["Outcome", "Verdict", "play", "seldom_collected", "tell"]
