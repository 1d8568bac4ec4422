"""The room cases."""
