"""Curves as text: pure functions over plotext, used by the app, the command line and the tests."""
