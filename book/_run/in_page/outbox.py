"""What a cell prints and shows, on its way to the page."""

import io
import time
from collections.abc import Callable

EVERY = 0.05  # seconds between two pieces of printed text
LIMIT = 1_000_000  # characters that one cell may print
TOO_MUCH = "\n(More than a page can hold: the rest is left out.)"


class Outbox:
    """Sends `(kind, text)` in the order in which things were shown."""

    def __init__(self, send: Callable[[str, str], None]) -> None:
        self.send = send
        self.begin()

    def begin(self) -> None:
        """Of a cell: nothing is printed yet."""
        self.kind, self.waiting = "stdout", []
        self.sent, self.room = 0.0, LIMIT

    def show(self, kind: str, text: str) -> None:
        self.flush()
        self.send(kind, text)

    def write(self, kind: str, text: str) -> None:
        if kind != self.kind:
            self.flush()
            self.kind = kind
        if self.room > 0:
            self.waiting.append(text[: self.room])
            self.room -= len(text)
            if self.room <= 0:
                self.waiting.append(TOO_MUCH)
        if time.monotonic() > self.sent + EVERY:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            self.send(self.kind, "".join(self.waiting))
            self.waiting, self.sent = [], time.monotonic()


class Stream(io.TextIOBase):
    """Stands for sys.stdout or sys.stderr."""

    encoding = "utf-8"

    def __init__(self, outbox: Outbox, kind: str) -> None:
        self.outbox, self.kind = outbox, kind

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.outbox.write(self.kind, text)
        return len(text)

    def flush(self) -> None:
        self.outbox.flush()
