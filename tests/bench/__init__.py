"""Workloads and their timings, as ratios within one run: `python -m tests.bench`."""
