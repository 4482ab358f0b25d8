"""One module per dataset: its facts, its reader, its Keras shape."""
