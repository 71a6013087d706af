"""The source of a job: fetched, described, and judged as whole or not."""
