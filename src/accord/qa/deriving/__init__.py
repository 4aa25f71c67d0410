"""Derives the checklist of a project."""
