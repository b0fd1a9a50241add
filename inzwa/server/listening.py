"""The address that the server listens on: bound before anything slow starts, or refused with the remedy.

On a Space (SPACE_ID is set) it is all addresses.
"""

import errno
import os
import socket
from typing import Final

from inzwa.errors import SettingsError
from inzwa.settings import Settings

_REFUSALS: Final = {
    errno.EADDRINUSE: "another program listens there, perhaps a second Inzwa; stop it, or set another INZWA_PORT",
    errno.EACCES: "this user may not; set INZWA_PORT to a port from 1024 on",
    errno.EADDRNOTAVAIL: "this machine has no such address; set INZWA_HOST to one that it has, 127.0.0.1 or 0.0.0.0",
}


def on_space() -> bool:
    """Whether this process is a Hugging Face Space."""
    return "SPACE_ID" in os.environ


def listening_host(settings: Settings) -> str:
    """The host to listen on."""
    return "0.0.0.0" if on_space() and "INZWA_HOST" not in os.environ else settings.host


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket bound to this address. SettingsError, with the remedy, when that fails."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        why = _REFUSALS.get(error.errno or 0, f"{error.strerror or error}; see INZWA_HOST and INZWA_PORT")
        raise SettingsError(f"It cannot listen on {host}:{port}: {why}.") from error
    return bound
