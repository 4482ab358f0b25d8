"""The one probe process an open app keeps: the model of the run that was asked last."""

from __future__ import annotations

import threading

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.engine.demo import Probe
from dlwp_tui.runs import store
from dlwp_tui.tui.session import Session, explain


class Probing:
    """Starts a probe when it is first asked, keeps it while the same run is asked, ends it with its screen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()  # asked from thread workers
        self._asked: tuple[str, str] | None = None
        self._probe: Probe | None = None

    def ask(self, run_id: str, probe_id: str, value: object) -> dict[str, object]:
        """The model's answer; `{"error": sentence}` when it has none. Blocks until the answer is there."""
        with self._lock:
            try:
                if self._probe is None or self._asked != (run_id, probe_id):
                    self._end()
                    self._probe = Probe(store.find(run_id), probe_id, zygote=self._session.zygote)
                    self._asked = (run_id, probe_id)
                return self._probe.ask(value)
            except (DlwpError, OSError) as error:
                self._end()
                return {"error": explain(error)}

    def close(self) -> None:
        """End the probe's process, if there is one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._probe is not None:
            self._probe.close()
            self._probe = None
            self._asked = None
