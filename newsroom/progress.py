"""How far a long command has come: a bar on a terminal, else a plain line now and then."""

import time

WIDTH = 30  # characters of the bar
EVERY_SECOND, EVERY_LINE = 0.2, 15.0  # between two states on a terminal, and in a file


def duration(seconds):
    """`1:05`, and from an hour on `2:01:05`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """Says to a stream how many of `total` things are done. `begun` were done before, and are no part of the rate."""

    def __init__(self, stream, name, *, total, begun=0, clock=time.monotonic):
        self.stream, self.name, self.total = stream, name, total
        self.done, self.begun, self.clock = begun, begun, clock
        self.began_at = self.told_at = clock()
        self.is_terminal = bool(getattr(stream, "isatty", lambda: False)())

    def add(self, count):
        self.done += count
        pause = EVERY_SECOND if self.is_terminal else EVERY_LINE
        if self.clock() - self.told_at >= pause or self.done >= self.total:
            self.told_at = self.clock()
            self.tell()

    def tell(self):
        if self.is_terminal:
            self.stream.write(f"\r{self.name} [{self._bar()}] {self.state()}\x1b[K")
            self.stream.write("\n" if self.done >= self.total else "")
        else:
            self.stream.write(f"{self.name}: {self.state()}\n")
        self.stream.flush()

    def _bar(self):
        filled = WIDTH * self.done // self.total if self.total else WIDTH
        return "#" * filled + "." * (WIDTH - filled)

    def state(self):
        """`1,000 of 5,000, 0:02 gone, 500 a second, 0:08 left`."""
        gone = self.clock() - self.began_at
        rate = (self.done - self.begun) / gone if gone else 0
        left = (
            f", {duration((self.total - self.done) / rate)} left" if rate and self.done < self.total else ""
        )
        return f"{self.done:,} of {self.total:,}, {duration(gone)} gone, {rate:,.0f} a second{left}"
