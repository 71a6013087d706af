"""The queries. Each is declared once: it is built from its declaration, and so are the indexes that serve it."""
