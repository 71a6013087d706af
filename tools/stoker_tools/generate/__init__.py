"""Generators of files from the models: rules, indexes, types and schemas for clients, and tables of the docs."""
