"""The one demo process of an open app: the model of the run that was tried last."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.engine.demo import Demo
from dlwp_tui.runs import store
from dlwp_tui.tui.session import Session, explain


class Demos:
    """Starts a demo at the first value put to it, keeps it for the same run, ends it with its screen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()  # `ask` is called in threads
        self._asked: tuple[str, str] | None = None
        self._demo: Demo | None = None

    def ask(
        self, run_id: str, demo_id: str, value: object, sliders: Mapping[str, float]
    ) -> Iterator[dict[str, object]]:
        """The model's answers to `value` as they come, or `{"error": sentence}`. Blocks until each is there.

        An answer that is still being made for another thread ends first. Take all of them.
        """
        if (demo := self._demo) is not None:
            demo.hush()
        with self._lock:
            try:
                if self._demo is None or self._asked != (run_id, demo_id):
                    self._end()
                    self._demo = Demo(store.find(run_id), demo_id, zygote=self._session.zygote)
                    self._asked = (run_id, demo_id)
                yield from self._demo.answers(value, sliders=sliders)
            except (DlwpError, OSError) as error:
                self._end()
                yield {"error": explain(error)}

    def close(self) -> None:
        """End the demo's process, if there is one, and first an answer that is being made."""
        if (demo := self._demo) is not None:
            demo.hush()
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._demo is not None:
            self._demo.close()
            self._demo = None
            self._asked = None
