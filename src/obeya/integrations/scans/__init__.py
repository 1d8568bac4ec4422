"""Photos and scans: recognised, laid out as rows and cells, always prepared for a person."""
