"""The room floor."""
