"""A home with a watcher's configuration, and what tests type in it."""

from __future__ import annotations

from typing import Final

from tests.cli.program import Home, Ran
from tests.ports import free_port

SECRET: Final = "a secret of sixteen bytes or more"

CONFIGURATION: Final = """\
version = 1
name = "watch-test"
configuration = "{config}"
listen = "127.0.0.1:{port}"

[chains.31337]
block_time = 1.0

[channels.siem]
kind = "lines"
path = "alerts.jsonl"

[channels.hook]
kind = "webhook"
url_file = "hook.url"
secret_file = "hook.secret"
least = "warning"

[channels.here]
kind = "terminal"
least = "danger"

[[escalations]]
after = "15m"
channels = ["here"]

[digest]
at = "08:00"
channels = ["siem"]

[audit_head]
at = "08:00"
channels = ["siem"]

[test]
at = "08:00"
channels = ["siem", "hook"]

[heartbeat]
url_file = "hook.url"
every = "1s"
"""


def set_up_watcher(home: Home, settled: Home, url: str) -> Home:
    """Configure a watcher of the vault that is pinned, with everything that a good one has."""
    (home.path / "hook.url").write_text(url)
    (home.path / "hook.secret").write_text(SECRET)
    for name in ("hook.url", "hook.secret"):
        (home.path / name).chmod(0o600)
    (home.path / "watch.toml").write_text(CONFIGURATION.format(config=settled.config, port=free_port()))
    return home


def call(home: Home, *arguments: str) -> Ran:
    return home.call("watch", *arguments, "--config", "watch.toml")


def spoil(home: Home, before: str, after: str) -> None:
    """Write something else into the configuration."""
    path = home.path / "watch.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
