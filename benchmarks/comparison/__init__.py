"""Every method on every labelled scene at equal numbers of labels, and what to say of it."""
