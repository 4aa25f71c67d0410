"""The pure core: no I/O, no clock, no randomness; all of it is passed in."""
