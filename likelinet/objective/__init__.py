"""The objective of maximum likelihood, and the layout of its weights."""
