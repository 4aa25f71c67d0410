"""What every connector must do with its system: subclass `ConnectorContract`, give `rig`, let pytest collect the class.

```python
class TestMyConnector(ConnectorContract):
    @asynccontextmanager
    async def rig(self):
        async with my_system() as system:
            yield Rig(connector=MyConnector(system.url), mapping="mine.Person", it=manifest.types["Person"],
                      people=system.model, clock=clock)
```

Each test has a rig of its own with a system that holds nothing; what a manifest does not offer is skipped. For a real
system write `People` who work in it, and use `RealClock`: what only a played one can do (fail, trail behind, merge) is
then skipped, and pytest -rs prints why. Needs pytest (`accord[testing]`).
"""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{part}" for part in ("changing", "hooks", "listing", "single", "trouble", "writing"))
)

from accord.testing.connector_contract.changing import ChangesContract  # noqa: E402 (after the line above, which tells
from accord.testing.connector_contract.hooks import HookRig, HooksContract  # noqa: E402
from accord.testing.connector_contract.listing import ListingContract  # noqa: E402  pytest to show values of asserts)
from accord.testing.connector_contract.people import Entered, People, Record  # noqa: E402
from accord.testing.connector_contract.rig import PlayedClock, RealClock, Rig  # noqa: E402
from accord.testing.connector_contract.single import SingleContract  # noqa: E402
from accord.testing.connector_contract.trouble import TroubleContract  # noqa: E402
from accord.testing.connector_contract.writing import WritingContract  # noqa: E402

__all__ = ["ConnectorContract", "Entered", "HookRig", "People", "PlayedClock", "RealClock", "Record", "Rig"]


class ConnectorContract(
    ListingContract, ChangesContract, SingleContract, WritingContract, TroubleContract, HooksContract
):
    """All promises of the port `Connector`, as tests; `rig` gives a connector and the system behind it."""
