"""A lab whose events are a list, as for the tests of `lab`."""

from tests.lab.conftest import lab, told

__all__ = ["lab", "told"]
