"""Benchmarks: ratios within one run, printed as the table of docs/benchmarks.md."""
