"""OUT: postings to ERP, exactly once, and messages to people."""
