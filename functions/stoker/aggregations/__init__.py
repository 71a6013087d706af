"""Counts, sums, averages and groups over a declared query."""
