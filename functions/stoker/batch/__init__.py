"""Batch operations: a module for each operation, and `worker.py`, which selects the operation.

After a crash, an operation goes on from its last checkpoint. Each item is done once.
"""
