"""`fourth-signer plan`, as somebody types it; and the line that each signer gets in the end."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.anvil import Anvil
from tests.cli.program import Home
from tests.deploy.house import EXAMPLE, House, file_of, text_of
from verifier.deploy.report import init_lines
from verifier.store.calls_file import read_calls


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "vault.toml").write_text(text_of())
    return Home(path=tmp_path)


def test_plan__of_a_sound_file__shows_who_can_do_what(home: Home) -> None:
    ran = home.run("plan", "vault.toml")
    assert (ran.code, ran.err) == (0, "")
    for said in (
        "WHO CAN DO WHAT",
        "Treasury desk",
        "HIGH_VALUE  3, 1 security, apart",
        "The contract takes it as it is.",
    ):
        assert said in ran.out
    assert all(line.isprintable() and line.isascii() for line in ran.out.splitlines())


def test_plan__of_the_example__is_the_same_from_everywhere(home: Home, tmp_path: Path) -> None:
    (tmp_path / "vault.toml").write_text(EXAMPLE.read_text())
    first = home.call("plan", "vault.toml", "--json").record
    other = home.call("plan", str(EXAMPLE), "--json").record
    assert first == other
    assert first["remarks"] == [r for r in first["remarks"] if r["severity"] in ("notice", "info")]


def test_plan__of_a_file_that_the_contract_would_refuse__exits_with_37(home: Home) -> None:
    (home.path / "vault.toml").write_text(text_of(("supermajority = 4", "supermajority = 7")))
    ran = home.call("plan", "vault.toml")
    assert ran.code == 37
    assert "FAIL" in ran.out
    assert "this vault is not deployed so" in ran.out


def test_plan__of_a_file_that_is_unwise__exits_with_10(home: Home) -> None:
    (home.path / "vault.toml").write_text(text_of(("supermajority = 4", "supermajority = 6")))
    ran = home.call("plan", "vault.toml")
    assert (ran.code, "to think about" in ran.out) == (10, True)


@pytest.mark.parametrize("text", ["", "version = 1", "\0", "[[members]]"])
def test_plan__of_what_is_no_such_file__says_so_in_one_sentence(home: Home, text: str) -> None:
    (home.path / "vault.toml").write_text(text)
    ran = home.call("plan", "vault.toml")
    assert ran.code == 36
    assert "docs/vault-file.md" in ran.sentence


def test_plan__with_operations__writes_files_that_can_be_proposed(home: Home) -> None:
    (home.path / "later").mkdir()
    ran = home.call("plan", "vault.toml", "--operations", "later", "--json")
    assert ran.code == 0
    files = sorted(path.name for path in (home.path / "later").iterdir())
    assert files == [
        "local-1-settings.json",
        "mainnet-1-settings.json",
        "sepolia-1-settings.json",
    ]
    calls = read_calls(home.path / "later" / "mainnet-1-settings.json")
    written = ran.record["later"]["mainnet"][0]["calls"]
    assert [(str(call.target), "0x" + call.data.hex()) for call in calls] == [
        (call["target"], call["data"]) for call in written
    ]
    again = home.call("plan", "vault.toml", "--operations", "later")
    assert again.code == 75


def test_plan__with_an_endpoint__says_how_far_it_is_there(home: Home, chain: Anvil) -> None:
    before = home.call("plan", "vault.toml", "--rpc", chain.url, "--json").record["chains"]
    assert [(each["chain_id"], each["complete"]) for each in before] == [(31337, False)]
    House(chain, file_of(text_of())).run()
    after = home.call("plan", "vault.toml", "--rpc", chain.url, "--json").record["chains"]
    assert set(after[0]["states"].values()) == {"present"}
    assert "nothing: the vault is founded" in home.call("plan", "vault.toml", "--rpc", chain.url).out


@pytest.mark.parametrize("url", ["ftp://one.example", "http://127.0.0.1:1"])
def test_plan__with_an_endpoint_that_is_none__says_so(home: Home, url: str) -> None:
    ran = home.call("plan", "vault.toml", "--rpc", url)
    assert ran.code in (27, 50)
    assert ran.sentence


def test_init__by_the_line_that_a_signer_gets__pins_the_vault_and_the_seat(home: Home, chain: Anvil) -> None:
    house = House(chain, file_of(text_of()))
    house.run()
    lines = list(init_lines(house.file, house.founding, [chain.url], "treasury"))
    assert [name for name, _ in lines] == [member.name for member in house.file.founders]
    command, *words = shlex.split(lines[2][1])
    assert command == "fourth-signer"
    ran = home.call(*words)
    assert ran.code == 0
    assert "The founding hash is the one that you gave." in ran.out
    pinned = home.config.read_text()
    assert f'member = "{house.file.founders[2].address}"' in pinned


def test_init__by_the_line_of_another_file__refuses_the_vault(home: Home, chain: Anvil) -> None:
    house = House(chain, file_of(text_of()))
    house.run()
    other = House(chain, file_of(text_of(("supermajority = 4", "supermajority = 5"))))
    line = next(init_lines(other.file, other.founding, [chain.url], "treasury"))[1]
    words = shlex.split(line.replace(str(other.founding.vault.address), str(house.founding.vault.address)))
    assert home.call(*words[1:]).code == 63
