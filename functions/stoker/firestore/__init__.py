"""Firestore: the process's one client, conditional writes, deadlines, and the kinds of its errors."""
