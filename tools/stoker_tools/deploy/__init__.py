"""Deploying to a project of Google: what the functions need there, and what is missing before a deployment."""
