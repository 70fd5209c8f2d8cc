"""Benchmarks: cases of any size, and what formulating and planning them costs. Nothing here is a
test of time."""
