"""Stoker: background jobs, documents and the rules around them, on Firebase."""
