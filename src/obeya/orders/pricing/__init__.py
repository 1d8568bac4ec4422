"""Price rules: floors and tiers that commercial people edit as a table, tried out before they hold."""
