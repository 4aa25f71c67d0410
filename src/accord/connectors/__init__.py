"""The systems that Accord comes with: a folder each, with a manifest or code, and a README."""
