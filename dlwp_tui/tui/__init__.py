"""The screen: the only package that imports textual. It reads runs and calls the engine; it runs no lesson code."""
