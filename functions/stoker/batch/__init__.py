"""Batch operations: one file for each, and `work.py`, which picks it. What crashes is gone on with, and done once."""
