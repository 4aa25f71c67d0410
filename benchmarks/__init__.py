"""Benchmarks: Accord beside a hand-written floor, on the same servers in the same run."""
