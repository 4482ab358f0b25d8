"""The screen: the only room that imports textual. It reads runs and asks the engine; it never executes lesson code."""
