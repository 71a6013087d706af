"""Putting Stoker into an app, renewing it there, and taking it out: plans, the edits of files, and the journal."""
