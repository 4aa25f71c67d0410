"""A user's own project in the simulated world: its systems played from their manifests, behind the real connectors."""
