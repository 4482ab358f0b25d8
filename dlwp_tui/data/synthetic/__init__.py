"""Twins of the datasets from a fixed seed: same shapes and dtypes, the same kind of learning curves, no real sample."""
