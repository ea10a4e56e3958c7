"""Pictures of predicted distributions."""
