"""Reading the configuration file: what it may say, and that nothing wrong in it is passed over."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import ConfigurationMalformed, ConfigurationMissing
from verifier.model.address import Address
from verifier.model.units import ChainId, MemberIndex
from verifier.store.configuration import MOST_BYTES, parse_settings, read_settings
from verifier.store.place import configuration_path

HERE = Path("config.toml")
VAULT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
HASH = "0x" + "ab" * 32
USUAL = f"""\
version = 1

[vaults.treasury]
chain = 1
address = "{VAULT}"
code_hash = "{HASH}"
founding = "0x{"cd" * 32}"
seat = 3
member = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

[chains.1]
endpoints = ["https://one.example/key", "https://two.example:8443", "http://three.example"]
quorum = 2

[labels]
"0x70997970C51812dc3A010C7d01b50e0d17dc79C8" = "Payroll"
"""


def test_parse_settings__usual__as_written() -> None:
    settings = parse_settings(USUAL, HERE)
    pin, chain = settings.pins["treasury"], settings.chains[ChainId(1)]
    assert (pin.vault, pin.chain_id, pin.seat) == (Address.parse(VAULT), 1, MemberIndex(3))
    assert (pin.code_hash, pin.founding) == (b"\xab" * 32, b"\xcd" * 32)
    assert (chain.quorum, chain.block, chain.coin) == (2, "latest", "ETH")
    assert chain.hosts == ("one.example", "two.example:8443", "three.example")
    assert list(settings.labels.values()) == ["Payroll"]


def test_parse_settings__version_alone__nothing_pinned() -> None:
    settings = parse_settings("version = 1", HERE)
    assert not settings.pins
    assert not settings.chains


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 1", "version = 2", "the only one that this program reads"),
        ("version = 1", "version = true", "the only one"),
        ("version = 1", "", "the only one"),
        ("version = 1", "version = 1\nvaluts = 3", "valuts"),
        ("chain = 1", "", "vaults.treasury has no chain"),
        ("chain = 1", "chain = 0", "should be 1 to"),
        ("chain = 1", "chain = true", "whole number"),
        ("chain = 1", "chain = '1'", "whole number"),
        (VAULT, VAULT.replace("5FbD", "5fbD"), "checksum"),
        (VAULT, "vault.eth", "no address"),
        (HASH, "0xab", "0x and 64 hex digits"),
        ("founding =", "foundign =", "has no founding"),
        ("seat = 3\n", "", "both seat and member"),
        ("seat = 3", "seat = 64", "should be 0 to 63"),
        ("[vaults.treasury]", '[vaults."tre asury"]', "no name for a vault"),
        ("[chains.1]", "[chains.01]", "number of a chain"),
        ("[chains.1]", "[chains.mainnet]", "number of a chain"),
        ("quorum = 2", "quorum = 4", "should be 1 to 3, and is 4"),
        ("quorum = 2", "quorum = 0", "should be 1 to 3, and is 0"),
        ("quorum = 2", "quorum = 2\nblock = 'newest'", "latest, safe, finalized"),
        ("https://one.example/key", "ftp://one.example", "no address of an endpoint"),
        ("https://one.example/key", "https://", "no address of an endpoint"),
        ("https://one.example/key", "https://one.example:99999", "no address of an endpoint"),
        ("https://one.example/key", "https://one .example", "no address of an endpoint"),
        ('"Payroll"', "3", "text in quotes"),
        ('"Payroll"', f'"Payroll"\n"{VAULT}" = "Payroll"', 'two addresses have the label "Payroll"'),
        ("[labels]", "[labels]\n0x70997970c51812dc3a010c7d01b50e0d17dc79c8 = 'again'", "two labels"),
        ("[labels]", "[chains.1]\n[labels]", "no TOML"),
        ("[labels]", "labels = [", "no TOML"),
        ("[labels]", "[labels", "no TOML"),
    ],
)
def test_parse_settings__one_thing_wrong__refused_with_what_it_is(old: str, new: str, said: str) -> None:
    assert old in USUAL
    with pytest.raises(ConfigurationMalformed) as refused:
        parse_settings(USUAL.replace(old, new, 1), HERE)
    assert said in refused.value.sentence()
    assert "\n" not in refused.value.sentence()


def test_parse_settings__one_vault_under_two_names__refused() -> None:
    table = USUAL[USUAL.index("[vaults") : USUAL.index("[chains")]
    with pytest.raises(ConfigurationMalformed, match="two names"):
        parse_settings(USUAL + table.replace("treasury", "other"), HERE)


def test_parse_settings__same_host_twice__one_source() -> None:
    same = USUAL.replace("https://two.example:8443", "https://one.example/other").replace(
        "quorum = 2", "quorum = 3"
    )
    with pytest.raises(ConfigurationMalformed, match="should be 1 to 2, and is 3"):
        parse_settings(same, HERE)


@given(st.text(max_size=300))
def test_parse_settings__any_text__settings_or_one_error(text: str) -> None:
    for candidate in (text, "version = 1\n" + text, USUAL + text):
        with suppress(ConfigurationMalformed):
            parse_settings(candidate, HERE)


def test_parse_settings__nested_without_end__refused() -> None:
    with pytest.raises(ConfigurationMalformed):
        parse_settings("version = 1\nx = " + "[" * 100_000, HERE)


def test_read_settings__no_file__missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationMissing, match="fourth-signer init"):
        read_settings(tmp_path / "none.toml")
    with pytest.raises(ConfigurationMissing):
        read_settings(tmp_path / "no" / "such" / "folder.toml")


def test_read_settings__folder_pipe_bytes_size__refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bytes").write_bytes(b"version = 1 # \xff")
    (tmp_path / "huge").write_bytes(b"#" * (MOST_BYTES + 1))
    for name, said in (("", "regular"), ("pipe", "regular"), ("bytes", "UTF-8"), ("huge", "bytes")):
        with pytest.raises(ConfigurationMalformed, match=said):
            read_settings(tmp_path / name)


def test_read_settings__path_that_is_none__refused() -> None:
    with pytest.raises(ConfigurationMalformed, match="no path"):
        read_settings(Path("a\0b"))


def test_configuration_path__given__before_the_environment() -> None:
    environment = {"FOURTH_SIGNER_CONFIG": "/e/c.toml", "XDG_CONFIG_HOME": "/x"}
    assert configuration_path("/g.toml", environment) == Path("/g.toml")
    assert configuration_path(None, environment) == Path("/e/c.toml")


def test_configuration_path__nothing_given__where_programs_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/h")
    assert configuration_path(None, {"XDG_CONFIG_HOME": "/x"}) == Path("/x/fourth-signer/config.toml")
    for environment in ({}, {"XDG_CONFIG_HOME": "relative"}, {"XDG_CONFIG_HOME": ""}):
        assert configuration_path(None, environment) == Path("/h/.config/fourth-signer/config.toml")
