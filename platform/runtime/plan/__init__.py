"""Plan and apply: what a candidate would change, as values; carried out, shown and counted from the same list."""
