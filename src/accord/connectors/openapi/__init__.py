"""Drafts manifests of REST systems from OpenAPI documents."""
