"""Reading: from files to columns by name."""
