"""Ports of this machine."""

import socket

from tools.console import Failure


def free_port() -> int:
    """Ask the system for a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether we could listen on a port at this moment."""
    try:
        check_free(host, port)
    except Failure:
        return False
    return True


def check_free(host: str, port: int) -> None:
    """Fail in words if somebody already listens on the port, or we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server will: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Failure(f"port {port} needs more rights than yours; choose one above 1023: PORT=8080") from error
        except OSError as error:
            raise Failure(
                f"port {port} on {host} is not free ({error.strerror}). Stop what uses it, or choose another: "
                f"PORT={port + 1} ./keytag run"
            ) from error
