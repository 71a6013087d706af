"""Alerts and a dashboard, from the files in `monitoring/` into a project."""
