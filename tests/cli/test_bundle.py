"""`fourth-signer bundle`, and `show --bundle` where there is no network: the same screen, and no lie gets in."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Scene
from tests.cli.program import Home


@pytest.fixture
def bundle(settled: Home, tmp_path: Path) -> Path:
    path = tmp_path / "theft.bundle"
    ran = settled.call("bundle", "0", "--output", str(path))
    assert ran.code == 0, ran
    return path


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def block_of(path: Path) -> str:
    found: str = json.loads(path.read_text().splitlines()[0])["block_hash"]
    return found


def sections_of(page: str) -> dict[str, str]:
    parts = re.split(r"^([A-Z][A-Z ,()]+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_show__from_a_bundle_whose_block_is_vouched_for__the_same_screen(
    settled: Home, bundle: Path, offline: None
) -> None:
    ran = settled.call("show", "--bundle", str(bundle), "--block", block_of(bundle))
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert "You vouch for that block" in said
    # A file agrees with nobody: it gives the block, and its reader has the hash from elsewhere.
    assert f"vouched for by you; given by the bundle {bundle.name}" in said
    assert "agreed by" not in said
    record = settled.call("show", "--bundle", str(bundle), "--block", block_of(bundle), "--json").record
    assert record["operation"]["evidence"] == "proven"
    assert record["vault"]["evidence"] == "proven"
    assert record["block"]["vouched"] is True


def test_show__from_a_bundle__shows_what_the_chain_shows(settled: Home, bundle: Path) -> None:
    online = sections_of(settled.call("show", "0").out)
    ran = settled.call("show", "--bundle", str(bundle), "--block", block_of(bundle))
    from_file = sections_of(ran.out)
    assert online.keys() == from_file.keys()
    for title in ("CALLS, FROM THE BYTES ALONE", "APPROVALS", "LIMITS OF A DAY"):
        assert from_file[title] == online[title], title


def test_show__from_a_bundle_that_nobody_vouches_for__claims_only(
    settled: Home, bundle: Path, offline: None
) -> None:
    record = settled.call("show", "--bundle", str(bundle), "--json").record
    assert record["operation"]["evidence"] == "claimed"
    assert record["block"]["vouched"] is False
    page = " ".join(settled.call("show", "--bundle", str(bundle)).out.split())
    assert f"claimed by the bundle {bundle.name} alone" in page
    found = {each["rule"]: each["severity"] for each in record["findings"]}
    assert found["from-bundle"] == "warning"


def test_show__from_a_bundle_at_home_with_nothing_pinned__says_so(
    home: Home, bundle: Path, offline: None
) -> None:
    record = home.call("show", "--bundle", str(bundle), "--json").record
    assert "vault-not-pinned" in {each["rule"] for each in record["findings"]}


def test_bundle__twice_to_one_file__refused_and_the_first_kept(settled: Home, bundle: Path) -> None:
    before = bundle.read_bytes()
    ran = settled.call("bundle", "0", "--output", str(bundle))
    assert ran.code == 73
    assert "nothing is written over" in ran.sentence
    assert bundle.read_bytes() == before


def altered(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Return what changes every answer of a bundle in the same way."""

    def alter(path: Path) -> None:
        first, *rest = path.read_text().splitlines()
        lines = [json.loads(line) for line in rest]
        for line in lines:
            change(line)
        path.write_text("\n".join([first, *(json.dumps(line) for line in lines)]) + "\n")

    return alter


def other_word(line: dict[str, Any]) -> None:
    if line["method"] == "eth_getProof":
        for proof in line["result"]["storageProof"]:
            if proof["value"] != "0x0":
                proof["value"] = hex(int(proof["value"], 16) ^ 1)


def other_root(line: dict[str, Any]) -> None:
    if line["method"] == "eth_getBlockByNumber" and isinstance(line["result"], dict):
        line["result"]["stateRoot"] = "0x" + "11" * 32


def other_bytes(line: dict[str, Any]) -> None:
    if line["method"] == "eth_getLogs":
        for log in line["result"]:
            log["data"] = log["data"].replace("bad0", "beef")
    if line["method"] == "eth_getBlockByNumber" and '"0x' in json.dumps(line["params"]):
        line["result"]["transactions"] = []


@pytest.mark.parametrize("change", [other_word, other_root, other_bytes])
def test_show__bundle_that_was_changed__refused(
    settled: Home, bundle: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    altered(change)(bundle)
    ran = settled.call("show", "--bundle", str(bundle), "--block", block_of(bundle))
    assert ran.code == 29
    assert "is no bundle that can be read here" in ran.sentence


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("7",), 66, "lane"),
        (("--vault", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), 66, "vault"),
        (("--block", "0x" + "22" * 32), 66, "block"),
        (("--block", "0x22"), 21, "hash of a block"),
    ],
)
def test_show__bundle_of_something_else__refused(
    settled: Home, bundle: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = settled.call("show", "--bundle", str(bundle), *arguments)
    assert ran.code == code
    assert said in ran.sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b'{"mark":"fourth-signer bundle","version":1}\n',
        b'{"mark":"fourth-signer bundle","version":2}\n',
        b'{"mark":"fourth-signer bundle","version":1}',
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_show__file_that_is_no_bundle__refused_in_one_sentence(
    home: Home, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.bundle"
    path.write_bytes(content)
    ran = home.call("show", "--bundle", str(path))
    assert ran.code == 29
    assert "x.bundle" in ran.sentence


def test_show__bundle_cut_anywhere__refused_or_the_same(settled: Home, bundle: Path, scene: Scene) -> None:
    content = bundle.read_bytes()
    for size in range(0, len(content), max(len(content) // 12, 1)):
        bundle.write_bytes(content[:size])
        ran = settled.call("show", "--bundle", str(bundle))
        assert ran.code in (0, 29), ran
        if ran.code:
            assert ran.sentence


def test_show__without_a_lane_or_a_bundle__usage(home: Home) -> None:
    assert home.run("show").code == 2
    assert home.run("show", "--bundle", "x", "--rpc", "http://localhost:1").code == 2
