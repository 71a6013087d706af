"""The registration of an app's own types of jobs, documents, queries and calls, from the app's own code."""
