"""Live queries: documents, and every change of them."""
