"""One folder a dataset: `reader.py` (facts, reader, shape) and `twin.py`. `registry` finds them."""
