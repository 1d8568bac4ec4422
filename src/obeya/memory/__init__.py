"""REMEMBER: documents and search."""
