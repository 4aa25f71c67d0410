"""The steps of a cycle, in their order: read, take in, link, settle, share; and what each of them asks first."""
