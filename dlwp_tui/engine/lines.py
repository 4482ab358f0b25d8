"""JSON lines on a socket, for an end that has to know whether another line is there already."""

from __future__ import annotations

import json
import select
import socket
from typing import Any

from dlwp_tui.runs.events import encode


class Lines:
    """Both directions of a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = b""
        self._closed = False

    def read(self) -> Any:
        """The next line's value; None when the other end is closed."""
        while b"\n" not in self._buffer and not self._closed:
            self._receive()
        if b"\n" not in self._buffer:
            return None
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def waiting(self) -> bool:
        """Whether `read` would return at once, with a line or because the other end is closed."""
        while b"\n" not in self._buffer and not self._closed:
            if not select.select([self._socket], [], [], 0)[0]:
                return False
            self._receive()
        return True

    def send(self, message: dict[str, Any]) -> bool:
        """Whether the other end is still open."""
        try:
            self._socket.sendall(encode(message))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self._buffer += data
        self._closed = not data
