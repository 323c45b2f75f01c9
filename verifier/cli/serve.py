"""`serve`: the terminal's screens in a browser of this machine, to be looked at only: a display on the wall."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from verifier.cli.adapters import choose, open_reader
from verifier.cli.answer import Answer
from verifier.errors import ServingImpossible

if TYPE_CHECKING:
    from verifier.cli.serve_site import Site

HOST: Final = "127.0.0.1"
# What the screens need of this program's own surroundings: nothing else of them is handed on.
_KEPT: Final = (
    *("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH"),
    # Where the configuration is, and what was noted of vaults.
    *("FOURTH_SIGNER_CONFIG", "FOURTH_SIGNER_WATCH", "XDG_CONFIG_HOME", "XDG_STATE_HOME"),
    # How the endpoints are reached.
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *(
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
    ),
)


def run_serve(options: Namespace) -> Answer:
    """Serve until somebody ends it.

    :raises ServingImpossible: the port is taken, or the extra [serve] is not installed.
    :raises FourthSignerError: the vault cannot be opened.
    """
    try:
        from verifier.cli.serve_site import Site
    except ModuleNotFoundError as exc:
        raise ServingImpossible(
            why="What draws the screens in a browser is not installed",
            advice="Run `pip install 'fourth-signer[serve]'`.",
        ) from exc
    # What is wrong is said here, and not on a display at which nobody types.
    open_reader(choose(options))
    with _listen(options.port) as listener:
        site = Site(command=command_of(options), environment=surroundings_of(os.environ))
        asyncio.run(_serve(site, listener))
    return Answer(text="")


def command_of(options: Namespace) -> list[str]:
    """Return the command that draws the screens: made of this command's own arguments, and of nothing else."""
    # -P: nothing in the folder that this was called from takes the place of the program's own modules.
    command = [sys.executable, "-P", "-m", "verifier.cli.serve_screens"]
    for name in ("vault", "quorum", "config", "watch"):
        value = getattr(options, name)
        if value is not None:
            command.append(f"--{name}={value}")
    command += [f"--rpc={url}" for url in options.rpc or ()]
    return [*command, "--light"] if options.light else command


def surroundings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the screens get."""
    return {name: environment[name] for name in _KEPT if name in environment}


def _listen(port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise ServingImpossible(why=f"{port} is no port", advice="Give one of 0 to 65535; 0 takes any.")
    try:
        return socket.create_server((HOST, port))
    except OSError as exc:
        why = f"Nothing can listen at {HOST}:{port} ({exc.strerror})"
        if exc.errno == errno.EADDRINUSE:
            why = f"The port {port} of this machine is taken already"
        raise ServingImpossible(why=why, advice="Give another one with --port; 0 takes any.") from exc


async def _serve(site: Site, listener: socket.socket) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await site.open(listener)
    try:
        place = f"http://{HOST}:{listener.getsockname()[1]}/"
        sys.stdout.write(
            f"Look at {place} in a browser of this machine. Nothing can be signed or sent there. Ctrl-C ends it.\n"
        )
        sys.stdout.flush()
        await ended.wait()
    finally:
        await site.close()
