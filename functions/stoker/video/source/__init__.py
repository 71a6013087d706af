"""The source of a job: it is fetched, described, and checked for a missing end."""
