"""Firestore as Stoker uses it: one client for the process, and its errors told apart."""
