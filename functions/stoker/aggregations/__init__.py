"""Figures of a declared query: counts, sums, averages, groups, percentiles, time buckets and the largest documents."""
