"""The room decisions."""
