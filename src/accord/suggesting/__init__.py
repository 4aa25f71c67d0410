"""Suggestions of what belongs together in two systems: by names, types, and values of records that are in both."""
