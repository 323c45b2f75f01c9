"""`fourth-signer init`: what it pins, what it keeps, and what it refuses to write."""

from __future__ import annotations

import stat
import tomllib
from typing import Any

import pytest

from tests.cli.conftest import THIEF, TOKEN, Scene
from tests.cli.liars import edits, serve
from tests.cli.program import Home, Ran
from tests.stage import DAY, Actor, companion, found
from verifier.model.address import Address
from verifier.model.member import Role


def content(home: Home) -> dict[str, Any]:
    return tomllib.loads(home.config.read_text())


def init(home: Home, scene: Scene, *more: str) -> Ran:
    return home.call("init", scene.vault, "--rpc", scene.url, *more)


def test_init__first_time__shows_and_writes_what_it_pins(home: Home, scene: Scene) -> None:
    ran = home.run("init", scene.vault, "--rpc", scene.url)
    assert (ran.code, ran.err) == (0, "")
    pin = content(home)["vaults"]["vault"]
    assert pin == {
        "chain": 31_337,
        "address": scene.vault,
        "code_hash": pin["code_hash"],
        "founding": scene.founding,
    }
    for shown in (
        "31337",
        pin["code_hash"],
        pin["founding"],
        "0x" + " ".join(_groups(scene.vault)),
        "claimed",
    ):
        assert shown in ran.out
    assert "Compare the founding hash" in ran.out
    assert content(home)["chains"]["31337"]["quorum"] == 1
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600


def test_init__again_with_another_endpoint__adds_it_and_keeps_the_rest(
    settled: Home, home: Home, scene: Scene
) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("# my own remark\n" + settled.config.read_text())
    before = content(home)
    with serve(edits(scene.url, lambda _, response: response)) as third:
        ran = home.call("init", scene.vault, "--rpc", third)
    assert ran.code == 0
    after = content(home)
    assert home.config.read_text().startswith("# my own remark\n")
    assert (after["vaults"], after["labels"]) == (before["vaults"], before["labels"])
    assert len(after["chains"]["31337"]["endpoints"]) == 3
    assert after["chains"]["31337"]["quorum"] == 2


def test_init__given_founding_hash__checked_instead_of_only_shown(home: Home, scene: Scene) -> None:
    assert "the one that you gave" in init(home, scene, "--founding", scene.founding).out


def test_init__other_founding_hash__63_and_nothing_written(home: Home, scene: Scene) -> None:
    ran = home.run("init", scene.vault, "--rpc", scene.url, "--founding", "0x" + "00" * 32)
    assert ran.code == 63
    assert "another vault with the same code" in ran.sentence
    assert not home.config.exists()


def test_init__companion_missing__64_and_nothing_written(home: Home, scene: Scene) -> None:
    with scene.chain.isolate():
        scene.chain.set_code(companion("validation"), b"")
        scene.chain.mine()
        ran = init(home, scene)
    assert ran.code == 64
    assert "validation" in ran.sentence
    assert not home.config.exists()


def test_init__seat__pinned_with_its_member(settled: Home, scene: Scene) -> None:
    pin = content(settled)["vaults"]["treasury"]
    assert (pin["seat"], pin["member"]) == (4, str(Address(scene.stage.address("eve"))))


def test_init__empty_seat__45_and_nothing_written(home: Home, scene: Scene) -> None:
    assert init(home, scene, "--seat", "63").code == 45
    assert not home.config.exists()


def test_init__name_of_another_vault__32_unless_told_to_replace(home: Home, scene: Scene) -> None:
    with scene.chain.isolate():
        people = [
            Actor.new(f"new{i}", Role.APPROVER | Role.SECURITY | Role.PROPOSER, person=50 + i)
            for i in range(6)
        ]
        other = str(Address(found(scene.chain, people).vault))
        assert init(home, scene, "--name", "treasury").code == 0
        before = home.config.read_text()
        refused = home.call("init", other, "--rpc", scene.url, "--name", "treasury")
        assert refused.code == 32
        assert scene.vault in refused.sentence
        assert other in refused.sentence
        assert home.config.read_text() == before
        replaced = home.call("init", other, "--rpc", scene.url, "--name", "treasury", "--replace")
    assert replaced.code == 0
    assert content(home)["vaults"]["treasury"]["address"] == other
    assert len(content(home)["vaults"]) == 1


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (str(THIEF), 61),  # nothing is there
        (str(TOKEN), 62),  # other code
        (str(TOKEN).swapcase().replace("0X", "0x"), 20),  # checksum
        ("0x1234", 20),
        ("treasury.eth", 20),
    ],
)
def test_init__no_vault_at_the_address__its_own_code(
    home: Home, scene: Scene, address: str, code: int
) -> None:
    ran = home.call("init", address, "--rpc", scene.url)
    assert ran.code == code
    assert ran.sentence
    assert not home.config.exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--rpc", "ftp://x"], 27),
        (["--rpc", "127.0.0.1:8545"], 27),
        (["--quorum", "2"], 22),
        (["--founding", "0x12"], 21),
        (["--name", "../../x"], 28),
    ],
)
def test_init__malformed_argument__its_own_code(home: Home, scene: Scene, more: list[str], code: int) -> None:
    ran = init(home, scene, *more)
    assert ran.code == code
    assert ran.sentence
    assert not home.config.exists()


def test_init__malformed_file__31_and_left_as_it_is(home: Home, scene: Scene) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("version = 1\n[vaults")
    ran = init(home, scene)
    assert ran.code == 31
    assert str(home.config) in ran.sentence
    assert home.config.read_text() == "version = 1\n[vaults"


def test_init__folder_that_cannot_be_made__33(home: Home, scene: Scene) -> None:
    (home.path / ".config").write_text("a file")
    assert init(home, scene).code == 33
    assert (home.path / ".config").read_text() == "a file"


def test_init__pinned_vault_whose_name_changes__32(settled: Home, scene: Scene) -> None:
    before = settled.config.read_text()
    assert init(settled, scene, "--name", "other").code == 32
    assert settled.config.read_text() == before


def _groups(address: str) -> list[str]:
    return [address[i : i + 4] for i in range(2, 42, 4)]


def test_init__old_node__warned_that_the_block_is_old(home: Home, scene: Scene) -> None:
    with scene.chain.isolate():
        scene.chain.set_time(scene.chain.now() + 2 * DAY)
        assert "ahead of this machine's clock" in " ".join(init(home, scene).out.split())
