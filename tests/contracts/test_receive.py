"""What the vault can be sent: the native coin, ERC-721 and ERC-1155 tokens. And what it does not answer."""

from __future__ import annotations

import pytest

from tests.anvil import Outcome
from tests.contracts.scene import FUNDS, Scene, scene_of, world_of
from tests.stage import ETHER, STRANGER, call, data_of
from tests.tokens import compiled
from verifier.errors.operations import FunctionUnknown

ASKED = {
    "onERC721Received": bytes.fromhex("150b7a02"),
    "onERC1155Received": bytes.fromhex("f23a6e61"),
    "onERC1155BatchReceived": bytes.fromhex("bc197c81"),
}
IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")


@pytest.fixture
def things(scene: Scene) -> bytes:
    return compiled.deploy(scene.chain, "Collectibles")


def pay(scene: Scene, value: int, data: bytes = b"") -> Outcome:
    return scene.chain.send(STRANGER, scene.vault, data, value=value)


# ---------------------------------------------------------------------------------------------------------------- Coin


@pytest.mark.parametrize("value", [0, 1, 5 * ETHER])
def test_pay__by_anybody__is_received(scene: Scene, value: int) -> None:
    scene.chain.set_balance(STRANGER, 10 * ETHER)
    scene.must(pay(scene, value))
    assert scene.chain.balance(scene.vault) == FUNDS + value


@pytest.mark.parametrize("data", [data_of("roster"), data_of("lapse", STRANGER), *ASKED.values(), b"\x01"])
def test_pay__with_data__is_refused(scene: Scene, data: bytes) -> None:
    """No function of the vault takes money: it would be a mistake."""
    scene.chain.set_balance(STRANGER, 10 * ETHER)
    before = world_of(scene.chain)
    outcome = pay(scene, 1, data)
    assert not outcome.succeeded
    assert outcome.revert_data == b""
    assert world_of(scene.chain) == before
    scene.must(pay(scene, 1))


def test_found__with_value__has_it(scene: Scene) -> None:
    assert scene.chain.balance(scene.vault) == FUNDS
    poor = scene_of(scene.chain, supermajority=4)
    assert scene.chain.balance(poor.vault) == 0


def test_pay__in_the_middle_of_an_execution__is_received(scene: Scene) -> None:
    caller = compiled.deploy(scene.chain, "Caller")
    back = compiled.data_of("Caller", "pass", scene.vault, b"")
    operation = scene.ready("ann", [call(to=caller, value=ETHER, data=back)])
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(scene.vault) == FUNDS


# -------------------------------------------------------------------------------------------------------------- Tokens


def test_give__of_a_unique_thing__is_received(scene: Scene, things: bytes) -> None:
    scene.must(
        scene.chain.send(STRANGER, things, compiled.data_of("Collectibles", "giveUnique", scene.vault, 7))
    )
    owner = compiled.read(scene.chain, "Collectibles", things, "ownerOf", 7)
    assert owner == "0x" + scene.vault.hex()


def test_give__of_some_and_of_many__is_received(scene: Scene, things: bytes) -> None:
    some = compiled.data_of("Collectibles", "giveSome", scene.vault, 1, 5)
    many = compiled.data_of("Collectibles", "giveMany", scene.vault, [1, 2], [6, 7])
    scene.must(scene.chain.send(STRANGER, things, some))
    scene.must(scene.chain.send(STRANGER, things, many))
    held = [
        compiled.read(scene.chain, "Collectibles", things, "balanceOf", scene.vault, thing)
        for thing in (1, 2)
    ]
    assert held == [11, 7]


def test_give__in_the_middle_of_an_execution__is_received(scene: Scene, things: bytes) -> None:
    taking = compiled.data_of("Collectibles", "giveUnique", scene.vault, 8)
    operation = scene.ready("ann", [call(to=things, data=taking)])
    scene.must(scene.execute("ann", operation))
    assert compiled.read(scene.chain, "Collectibles", things, "ownerOf", 8) == "0x" + scene.vault.hex()


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("tail", [b"", bytes(160), b"\xff" * 33], ids=["bare", "zeros", "dirt"])
def test_ask__whether_it_takes_a_token__is_answered_by_the_selector_alone(
    scene: Scene, name: str, tail: bytes
) -> None:
    answer = scene.chain.call(scene.vault, ASKED[name] + tail)
    assert answer.succeeded
    assert answer.data == ASKED[name] + bytes(28)


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        ("01ffc9a7", True),
        ("150b7a02", True),
        ("4e2312e0", True),
        ("ffffffff", False),
        ("00000000", False),
        ("1626ba7e", False),
        ("f23a6e61", False),
    ],
)
def test_supports_interface__of_what_it_receives__is_said(
    scene: Scene, interface: str, expected: bool
) -> None:
    assert scene.read("supportsInterface", bytes.fromhex(interface)) == (expected,)


# -------------------------------------------------------------------------------------------------------- Anything else


@pytest.mark.parametrize(
    "data",
    [
        IS_VALID_SIGNATURE + bytes(96),
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff" + bytes(32),
        ASKED["onERC721Received"][:3],
        b"\x15",
    ],
    ids=["a signature's validity", "zeros", "ones", "three bytes", "a byte"],
)
def test_call__of_a_function_that_there_is_not__is_refused(scene: Scene, data: bytes) -> None:
    """The vault signs nothing: it answers no ERC-1271 question."""
    refusal = FunctionUnknown(selector=(data + bytes(4))[:4])
    scene.refuses(refusal, lambda: scene.chain.send(STRANGER, scene.vault, data))
    scene.must(scene.chain.send(STRANGER, scene.vault, ASKED["onERC721Received"]))
