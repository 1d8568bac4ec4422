"""The room inbox."""
