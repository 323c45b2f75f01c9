"""The examples for running a guard: they are what the tools that read them take, and the page names all there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.program import Home
from verifier.errors import ConfigurationError
from verifier.guard.words import say_rule
from verifier.model.guarding import GWEI, Limits, Order
from verifier.model.watching import Kind
from verifier.store.guard_configuration import read_guard_settings

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples" / "guard"
PIN = """\
version = 1
[vaults.treasury]
chain = 1
address = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
code_hash = "0x{zeros}"
founding = "0x{zeros}"
[chains.1]
endpoints = ["https://one.example", "https://two.example"]
quorum = 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(EXAMPLES / "guard.toml", tmp_path / "guard.toml")
    (tmp_path / "config.toml").write_text(PIN.format(zeros="00" * 32))
    (tmp_path / "phone.url").write_text("json://phone.example/alert")
    return tmp_path


def test_configuration__as_it_stands__it_is_read_and_says_what_it_means(folder: Path) -> None:
    environment = {"TEAM_CHAT_URL": "json://a.example", "GUARD_HEARTBEAT_URL": "https://b.example"}
    settings = read_guard_settings(folder / "guard.toml", environment)

    assert [rule.name for rule in settings.terms.rules] == [
        "large-at-night",
        "dirty-bytes",
        "hidden",
        "ceiling",
        "members-at-night",
        "new-faces",
    ]
    said = say_rule(settings.terms.rules[0])
    assert "loses more than 250,000 of 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48" in said
    assert "between 20:00 and 07:00 UTC or it was published on Sat, Sun" in said
    assert "but not where it only pays, and everybody who gains by it is in the list payees." in said
    assert settings.terms.order.channels == {"phone", "team"}
    assert settings.hold == folder / "guard.hold"


def test_unit__as_it_stands__it_runs_as_nobody_and_its_key_is_opened_by_a_credential(tmp_path: Path) -> None:
    text = (EXAMPLES / "fourth-signer-guard.service").read_text()
    lines = [line for line in text.splitlines() if "=" in line and not line.startswith(("#", "["))]
    settings = dict(line.split("=", 1) for line in lines)
    for key, value in {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "CapabilityBoundingSet": "",
        "LimitCORE": "0",
        "Restart": "always",
    }.items():
        assert settings[key] == value, key
    assert settings["LoadCredentialEncrypted"].startswith("guard:")
    assert not re.search(r"(?i)passphrase|--yes", settings["ExecStart"] + settings["Environment"])
    # Another user and another place than the watcher's, which holds no key.
    watcher = (DOCS / "examples" / "watch" / "fourth-signer-watch.service").read_text()
    assert f"StateDirectory={settings['StateDirectory']}\n" not in watcher
    if analyse := shutil.which("systemd-analyze"):
        copy = tmp_path / "fourth-signer-guard.service"
        # It looks whether the program is there.
        copy.write_text(text.replace("/usr/bin/fourth-signer", "/bin/true"))
        verified = subprocess.run(
            [analyse, "verify", str(copy)], check=False, capture_output=True, text=True, timeout=300
        )
        assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_page__kinds_keys_and_what_is_usual__as_the_code_has_them() -> None:
    page = (DOCS / "guard.md").read_text()
    own = [kind.value for kind in Kind if kind.value.startswith("guard-")]
    assert set(re.findall(r"^\| `(guard-[a-z-]+)`", page, re.MULTILINE)) == set(own)
    limits, order = Limits(), Order()
    assert f"| {limits.an_hour}, {limits.a_day} |" in page
    assert f"| {limits.gas}, {limits.fee // GWEI} |" in page
    assert f'at most so long until one of them took the explanation | `"{order.wait // 60}m"` |' in page
    assert f'before the operation is executable | `"{order.margin // 60}m"` |' in page
    assert f'but so long in any case | `"{order.least_wait}s"` |' in page


def test_help__of_the_command__says_how_to_begin(tmp_path: Path) -> None:
    ran = Home(path=tmp_path).call("guard", "--help")
    assert ran.code == 0
    assert "fourth-signer guard --check" in ran.out
    assert "exit codes of --check" in ran.out


@given(st.data())
def test_configuration__any_part_of_it_spoilt__read_or_refused_in_one_sentence(data: st.DataObject) -> None:
    text = (EXAMPLES / "guard.toml").read_text()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(start + 12, len(text))))
        put = data.draw(st.sampled_from(["", "1", "true", '"x"', "[]", "{}", "\u202e", "-1", "1e9", " = "]))
        text = text[:start] + put + text[stop:]
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "guard.toml").write_text(text, encoding="utf-8")
        (folder / "config.toml").write_text(PIN.format(zeros="00" * 32))
        (folder / "phone.url").write_text("json://phone.example/alert")
        environment = {"TEAM_CHAT_URL": "json://a.example", "GUARD_HEARTBEAT_URL": "https://b.example"}
        try:
            settings = read_guard_settings(folder / "guard.toml", environment)
        except ConfigurationError as error:
            said: list[str] = [error.sentence()]
        else:
            said = [str(say_rule(rule)) for rule in settings.terms.rules]
        assert all(each.isprintable() and each.isascii() for each in said)
