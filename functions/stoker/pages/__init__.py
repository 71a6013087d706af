"""Pages of a declared query, and the tokens between them."""
