"""OData v4: drafts the manifest of a service from its metadata; what then reaches it is REST."""
