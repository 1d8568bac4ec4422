"""DECIDE: what operators do at the line."""
