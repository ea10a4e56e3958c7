"""Training: maximum likelihood by minibatches or by L-BFGS, on whichever engine."""
