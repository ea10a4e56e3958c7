"""Which distribution? Several of them on the same rows, by held-out scores."""
