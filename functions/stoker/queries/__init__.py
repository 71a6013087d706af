"""The declared queries. A query and the indexes that serve it are both built from the same declaration."""
