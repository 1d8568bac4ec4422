"""IN: signals, what arrived, raw, never edited."""
