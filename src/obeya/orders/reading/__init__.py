"""Reads order messages: pure, fast, no I/O. Start at `reader.Reader`; the records are in `types`."""
