"""The REST connector: any system that a manifest states, without code. docs/reference/connectors/rest.md tells more."""

from accord.connectors.rest.connector import RestConnector

__all__ = ["RestConnector"]
