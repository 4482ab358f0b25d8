"""Twins of the datasets, made from a fixed seed: same shapes and dtypes, same learning curves in kind, no real sample."""
