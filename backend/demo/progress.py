"""How far a long piece of work has come: a bar on a terminal, a line for every tenth part elsewhere."""

import time
from typing import TextIO

WIDTH = 30


class Progress:
    """Shows `title`, done of all, and how long it still takes. Use it as `tell` of `timeline.play`."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title, self._stream = title, stream
        self._bar = stream.isatty()
        self._begun = self._last = time.monotonic()
        self._tenth = -1

    def __call__(self, done: int, everything: int) -> None:
        if self._bar:
            self._draw(done, everything)
        elif done * 10 // everything > self._tenth:
            self._tenth = done * 10 // everything
            self._stream.write(f"{self._title}: {done} / {everything}\n")
            self._stream.flush()

    def _draw(self, done: int, everything: int) -> None:
        now = time.monotonic()
        if done < everything and now - self._last < 0.1:
            return
        self._last = now
        filled = WIDTH * done // everything
        left = (now - self._begun) * (everything - done) / done
        bar = "█" * filled + "░" * (WIDTH - filled)
        end = "\n" if done == everything else ""
        self._stream.write(f"\r{self._title} {bar} {done} / {everything}  {left:4.0f} s {end}")
        self._stream.flush()
