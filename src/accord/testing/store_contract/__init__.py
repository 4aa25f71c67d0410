"""What every store must do: subclass `StoreContract`, give `make`, and let pytest collect the class.

```python
class TestMyStore(StoreContract):
    def make(self, on_commit=None):
        return MyStore(on_commit=on_commit)
```

Each test opens an empty store of its own and closes it. Needs pytest (`accord[testing]`).
"""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{part}" for part in ("goldens", "hub", "records", "transactions"))
)

from accord.testing.store_contract.goldens import GoldensContract  # noqa: E402 (after the line above, which tells
from accord.testing.store_contract.hub import HubContract  # noqa: E402     pytest to show the values of asserts)
from accord.testing.store_contract.records import RecordsContract  # noqa: E402
from accord.testing.store_contract.transactions import TransactionsContract  # noqa: E402

__all__ = ["StoreContract"]


class StoreContract(RecordsContract, GoldensContract, HubContract, TransactionsContract):
    """All promises of the port `Store`, as tests; `make` gives an empty store with the hook of its commits."""
