"""report.html: a finished run on one page that needs nothing beside it; and the index of many."""
