"""The examples for running a watcher: they are what the tools that read them take, and as closed as they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "watch"
LOCKS = Path(__file__).parents[2] / "scripts" / "python"


def unit() -> dict[str, list[str]]:
    """Return the settings of the unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in (EXAMPLES / "fourth-signer-watch.service").read_text().splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_unit__as_it_stands__it_runs_as_nobody_and_gains_nothing() -> None:
    settings = unit()

    for key, value in {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "MemoryDenyWriteExecute": "yes",
        "CapabilityBoundingSet": "",
        "AmbientCapabilities": "",
        "Restart": "always",
    }.items():
        assert settings[key] == [value], key
    assert settings["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    # It has to end what it sends: longer than a channel may hang.
    assert int(settings["TimeoutStopSec"][0]) > 90


def test_unit__where_systemd_is__it_finds_nothing_wrong(tmp_path: Path) -> None:
    text = (EXAMPLES / "fourth-signer-watch.service").read_text()
    assert text.count("/usr/bin/fourth-signer watch --config") == 1
    assert text.count("[Unit]\n") == text.count("[Service]\n") == text.count("[Install]\n") == 1
    if analyse := shutil.which("systemd-analyze"):
        copy = tmp_path / "fourth-signer-watch.service"
        # It looks whether the program is there.
        copy.write_text(text.replace("/usr/bin/fourth-signer", "/bin/true"))
        verified = subprocess.run(
            [analyse, "verify", str(copy)], check=False, capture_output=True, text=True, timeout=300
        )
        assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_container__as_it_stands__it_is_nobody_and_installs_by_hash() -> None:
    text = (EXAMPLES / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    words = [line.split(maxsplit=1) for line in lines]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD"}

    assert {word for word, _ in words} == known | {"ENTRYPOINT"}
    order = [word for word, _ in words]
    last = len(order) - 1 - order[::-1].index("FROM")
    assert "USER" in order[last : order.index("ENTRYPOINT")]
    (user,) = [rest for word, rest in words if word == "USER"]
    assert re.fullmatch(r"[1-9][0-9]+:[1-9][0-9]+", user)
    assert "--require-hashes" in text
    assert not any("ADD" in word or "curl" in rest or "latest" in rest for word, rest in words)
    for word, rest in words:
        if word == "COPY" and not rest.startswith("--from="):
            for source in rest.split()[:-1]:
                assert (EXAMPLES.parents[2] / source).exists(), source


def test_lock__of_the_container__the_versions_are_those_that_are_tested() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+==\S+)", (LOCKS / name).read_text(), re.MULTILINE))

    watched = pinned("watch.lock")
    assert {"apprise", "sqlalchemy", "psycopg"} <= {each.partition("==")[0] for each in watched}
    # What is for other systems is in no other lock.
    assert {each.partition("==")[0] for each in watched - pinned("dev.lock")} <= {"colorama", "pywin32"}


def test_page__every_key_that_is_read__it_is_explained() -> None:
    root = EXAMPLES.parents[2]
    page = (root / "docs" / "watching.md").read_text()
    taken = re.compile(
        r"\.(?:take|need|text|flag|number|duration|minute|hours|zone|names|choice|table|tables|rows)\(\"(\w+)\"|"
        r"(?:_seconds|credential|read_daily)\(\w+, \"(\w+)\""
    )
    keys = {
        first or second
        for name in ("watch_configuration.py", "watch_channels.py")
        for first, second in taken.findall((root / "verifier" / "store" / name).read_text())
    }

    assert {"quiet", "store", "heartbeat", "digest", "block_time", "secret"} <= keys
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


def test_page__every_metric_that_it_names__it_is_one() -> None:
    from verifier.alerts.metrics import metrics_page
    from verifier.model.routes import Pulse, Tally
    from verifier.model.units import ChainId, Timestamp

    page = (EXAMPLES.parents[1] / "watching.md").read_text()
    one = ChainId(1)
    pulse = Pulse(at=Timestamp(0), lag={one: 1}, block={one: 1}, silent={one: 1}, tallies={"ops": Tally()})
    shown = metrics_page(lambda: pulse).decode()

    named = set(re.findall(r"fourth_signer_watch_\w+", page))
    named |= {f"fourth_signer_watch{each}" for each in re.findall(r"`(_\w+)(?:\{\w+\})?`", page)}
    assert len(named) == 9
    assert {name for name in named if not re.search(rf"^{name}\b", shown, re.MULTILINE)} == set()
