"""Stores: where the state of a project is kept."""
