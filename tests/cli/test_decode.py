"""The command `decode`: no network, no configuration, and any bytes."""

from __future__ import annotations

from typing import Final

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.cli.program import Home

TO: Final = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
PAYEE: Final = "0x" + "77" * 20
TRANSFER: Final = keccak(b"transfer(address,uint256)")[:4] + encode(
    ["address", "uint256"], [PAYEE, 40_000_000]
)


def test_decode__of_a_transfer__says_it_and_ends_well(home: Home) -> None:
    done = home.call("decode", "0x" + TRANSFER.hex(), "--to", TO)
    assert done.code == 0
    assert done.out.startswith("Sends 40000000 base units of 0x5FbD B231 5678")
    assert "transfer(address,uint256), named by a standard" in done.out


@pytest.mark.parametrize("way", ["file", "bare"])
def test_decode__from_anywhere__says_the_same(way: str, home: Home) -> None:
    plain = home.call("decode", "0x" + TRANSFER.hex(), "--to", TO).out
    match way:
        case "file":
            path = home.path / "calldata.txt"
            half = len(TRANSFER) // 2
            path.write_text(f"0x{TRANSFER[:half].hex()}\n  {TRANSFER[half:].hex()}\n", "ascii")
            done = home.call("decode", str(path), "--to", TO)
        case _:
            done = home.call("decode", TRANSFER.hex(), "--to", TO)
    assert (done.code, done.out) == (0, plain)


def test_decode__of_dirty_bytes__is_danger_by_its_exit_code_too(home: Home) -> None:
    dirty = TRANSFER[:4] + b"\1" + TRANSFER[5:]
    done = home.call("decode", dirty.hex(), "--to", TO, "--json")
    assert (done.code, done.record["severity"]) == (11, "danger")
    assert done.record["call"]["faults"] == [{"kind": "dirty", "severity": "danger", "bytes": [4, 16]}]


def test_decode__of_trailing_bytes__is_a_notice(home: Home) -> None:
    done = home.call("decode", TRANSFER.hex() + "00", "--to", TO)
    assert done.code == 0
    assert "bytes 68 to 69: bytes follow after the end of the arguments" in done.out


@pytest.mark.parametrize("given", ["0x0", "zz", "no-such-file", "0xgg"])
def test_decode__of_no_bytes__is_refused_in_one_sentence(home: Home, given: str) -> None:
    done = home.call("decode", given)
    assert done.code == 21
    assert given in done.sentence


@pytest.mark.parametrize("text", ["0x", "0x00", "0x0000", "0x000000", "ff" * 4, "ff" * 36])
def test_decode__of_what_nothing_names__shows_the_words(home: Home, text: str) -> None:
    done = home.call("decode", text)
    assert done.code == 0
    assert done.err == ""
    assert done.out


def test_decode__without_target_or_vault__says_what_it_does_and_names_nobody(home: Home) -> None:
    done = home.call("decode", TRANSFER.hex())
    assert done.out.startswith("Sends 40000000 base units of the contract that is called to")
    assert "this vault" not in done.out
    record = home.call("decode", TRANSFER.hex(), "--json").record["call"]
    (effect,) = record["effects"]
    assert (record["target"], record["caller"], effect["sender"], effect["token"]) == (None,) * 4
    assert effect["recipient"].lower() == PAYEE
