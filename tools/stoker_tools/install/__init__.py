"""Putting Stoker into an app, renewing it there, and taking it out."""
