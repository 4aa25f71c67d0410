"""What connectors do with real systems of their kind, without a hub: `python -m benchmarks.connectors [NAME ...]`."""
