"""Real servers of other kinds that tests start on this machine: what all of them have in common."""

import contextlib
import os
import signal
import subprocess
import time


class Loopback:
    """A server in a process of its own. Who derives from it says its `command` and whether it `_answers`."""

    patience = 10  # seconds until it has to answer
    asked_every = 0.01  # seconds
    stderr = None

    def start(self):
        """Starts it, empty, and returns when it answers."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=self.stderr)
        gives_up_at = time.monotonic() + self.patience
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > gives_up_at:
                raise RuntimeError(f"{self.name} does not answer.")
            time.sleep(self.asked_every)

    def kill(self):
        """Ends it at once, without a word to anybody."""
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def silent(self):
        """Inside, it takes connections and answers nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)
