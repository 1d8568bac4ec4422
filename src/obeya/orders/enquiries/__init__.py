"""Questions that are no orders, answered at once where the facts are certain."""
