"""Purchase orders that come as documents: PDF with text in it, and plain text."""
