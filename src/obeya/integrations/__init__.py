"""The border: one folder for each outside system."""
