"""The obeya command."""
