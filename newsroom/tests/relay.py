"""A relay before a PostgreSQL, on this machine alone: what is cut is the way to it, and the server goes on."""

import contextlib
import socket
import threading

HOST = "127.0.0.1"


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


class Relay:
    """Hands on what comes to `port` to the server of `connection.settings_dict`; as a context it is open inside.

    `cut` ends all that goes through it and takes no more, until `mend`.
    """

    def __init__(self, settings):
        host = settings["HOST"] or settings["OPTIONS"].get("host", "")
        port = int(settings["PORT"] or 5432)
        self._is_socket = host.startswith("/")
        self._server = f"{host}/.s.PGSQL.{port}" if self._is_socket else (host or "localhost", port)
        self._listener, self._open = None, []
        self.port = free_port()

    def __enter__(self):
        self.mend()
        return self

    def __exit__(self, *raised):
        self.cut()

    def mend(self):
        if not self._listener:
            self._listener = socket.create_server((HOST, self.port))
            threading.Thread(target=self._listen, args=[self._listener], daemon=True).start()

    def cut(self):
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open = []

    def _listen(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.socket(socket.AF_UNIX if self._is_socket else socket.AF_INET)
                far.connect(self._server)
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._hand_on, args=ends, daemon=True).start()

    def _hand_on(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
