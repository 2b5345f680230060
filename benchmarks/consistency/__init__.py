"""Whether a map depends on what it should not: where tiles lie, and the seed."""
