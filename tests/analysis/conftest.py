"""Runs made by hand, as for the tests of `runs`."""

from tests.runs.conftest import make_run

__all__ = ["make_run"]
