"""Runs made of cycles: plan, sync, watch."""
