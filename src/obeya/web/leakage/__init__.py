"""The leakage report: what is given away, to whom, by whose decision, and why."""
