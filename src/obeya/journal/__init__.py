"""FACTS: what happened, the append-only event log."""
