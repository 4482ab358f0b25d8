"""A lab whose events are a list, as for the tests of `lab`."""

from tests.lab.conftest import events, lab

__all__ = ["events", "lab"]
