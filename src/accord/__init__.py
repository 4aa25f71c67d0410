"""Accord keeps the records of business systems in sync, wherever they are edited.

The layers, top to bottom: `cli | web` -> `demo` -> `wiring` -> `connectors | store | scale | dataflow | sandbox` ->
`project | testing` -> `connectorkit | runtime` -> `ports` -> `core`. Imports point down only.
"""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
