"""What columns of text are meant as: numbers in dress, moments, durations, identifiers and codes."""
