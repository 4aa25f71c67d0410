"""A package to begin with: a connector that works, and the tests that prove it. `accord connect new NAME` writes it."""
