"""Shipped for tests of Accord, of connectors and of projects: players of systems, suites, the simulated world."""
