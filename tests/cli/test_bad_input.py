"""What is wrong outside: endpoints that are broken or lie, files that say nonsense. One sentence and one code each."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.cli.conftest import THIEF, TOKEN, Scene
from tests.cli.liars import edits, giving, never_ends, says, serve
from tests.cli.program import Home

Respond = Callable[[BaseHTTPRequestHandler, bytes], None]

BROKEN: dict[str, tuple[Respond, set[int]]] = {
    "no JSON": (says(b"<html>Welcome</html>"), {53}),
    "nothing": (says(b""), {53}),
    "no UTF-8": (says(b"\xff\xfe\x00"), {53}),
    "a list": (says(b"[]"), {53}),
    "a number": (says(b"7"), {53}),
    "null": (says(b"null"), {53}),
    "no result": (says(b'{"jsonrpc": "2.0", "id": 0}'), {53}),
    "nested": (says(b"[" * 500_000), {53}),
    "status 500": (says(b"sorry", status=500), {50}),
    "status 429": (says(b"slow down", status=429), {50}),
    "moved": (says(b"", status=302), {50, 53}),
    "endless": (never_ends, {52}),
    "error": (says(b'{"jsonrpc": "2.0", "id": 0, "error": {"code": -1, "message": "no"}}'), {54}),
    "escapes": (
        says(b'{"jsonrpc": "2.0", "id": 0, "error": {"code": 3, "message": "\\u001b[31m\\u202e"}}'),
        {54},
    ),
    "no number": (says(b'{"jsonrpc": "2.0", "id": 0, "result": "0xzz"}'), {53}),
    "huge number": (says(b'{"jsonrpc": "2.0", "id": 0, "result": ' + b"9" * 10_000 + b"}"), {53}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_endpoint__broken__one_sentence_and_its_code(home: Home, scene: Scene, name: str) -> None:
    respond, codes = BROKEN[name]
    with serve(respond) as url:
        refused = home.call("init", scene.vault, "--rpc", url)
    assert refused.code in codes, refused
    assert refused.sentence
    assert not home.config.exists()


@pytest.mark.parametrize("name", ["no JSON", "endless", "status 500"])
def test_endpoint__broken__the_same_from_outside(settled: Home, name: str) -> None:
    respond, codes = BROKEN[name]
    with serve(respond) as url:
        refused = settled.run("queue", "--rpc", url)
    assert refused.code in codes, refused
    assert refused.sentence


def test_endpoint__nobody_there__50(home: Home, scene: Scene) -> None:
    refused = home.run("queue", "--vault", scene.vault, "--rpc", "http://127.0.0.1:1")
    assert refused.code == 50
    assert "127.0.0.1:1 does not answer" in refused.sentence


def test_endpoint__another_chain_than_pinned__60(settled: Home, scene: Scene) -> None:
    with serve(edits(scene.url, giving("eth_chainId", "0x1"))) as url:
        refused = settled.run("queue", "--rpc", url)
    assert refused.code == 60
    assert "serves chain 1, and the vault is pinned on chain 31337" in refused.sentence


def test_endpoint__header_that_does_not_hash__55(settled: Home, scene: Scene) -> None:
    def older(request: dict[str, object], response: dict[str, object]) -> dict[str, object]:
        if request["method"] == "eth_getBlockByNumber" and isinstance(response["result"], dict):
            return {**response, "result": {**response["result"], "timestamp": "0x1"}}
        return response

    with serve(edits(scene.url, older)) as url:
        refused = settled.call("queue", "--rpc", url)
    assert refused.code == 55
    assert refused.sentence


def test_endpoint__two_that_differ__57_and_both_named(settled: Home, scene: Scene) -> None:
    def other_block(request: dict[str, object], response: dict[str, object]) -> dict[str, object]:
        if request["method"] == "eth_getBlockByNumber":
            return {**response, "result": None}
        return response

    with serve(edits(scene.url, other_block)) as url:
        refused = settled.call("show", "0", "--rpc", scene.url, "--rpc", url)
    assert refused.code == 57
    assert url.removeprefix("http://") in refused.sentence


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--vault", "reserve"], 43),
        (["--vault", "\x1b[31mreserve"], 43),
        (["--vault", "0x12"], 20),
        (["--vault", str(TOKEN).lower().replace("c", "C", 1)], 20),
        (["--rpc", "htp://x"], 27),
        (["--quorum", "3"], 22),
        (["--config", "/nowhere/at/all.toml"], 30),
        (["--config", "/"], 31),
    ],
)
def test_queue__argument_that_names_nothing__its_own_code(settled: Home, more: list[str], code: int) -> None:
    refused = settled.run("queue", *more)
    assert refused.code == code
    assert refused.sentence


def test_queue__address_that_is_no_vault__61_or_62(settled: Home, scene: Scene) -> None:
    nothing, other = settled.call("queue", "--vault", str(THIEF)), settled.run("queue", "--vault", str(TOKEN))
    assert (nothing.code, other.code) == (61, 62)
    assert nothing.sentence
    assert other.sentence


def test_queue__pinned_by_another_release__62_before_anybody_is_asked(settled: Home, home: Home) -> None:
    pinned = settled.config.read_text()
    start = pinned.index("code_hash = ") + len("code_hash = '0x")
    (home.path / "other.toml").write_text(pinned[:start] + "00" * 32 + pinned[start + 64 :])
    refused = home.call("queue", "--config", "other.toml", "--rpc", "http://127.0.0.1:1")
    assert refused.code == 62
    assert "00" * 32 in refused.sentence


def test_init__endpoints_of_two_chains__57_and_nothing_written(home: Home, scene: Scene) -> None:
    with serve(edits(scene.url, giving("eth_chainId", "0x1"))) as other:
        refused = home.call("init", scene.vault, "--rpc", scene.url, "--rpc", other)
    assert refused.code == 57
    assert "which chain they serve" in refused.sentence
    assert not home.config.exists()


def test_queue__nothing_pinned__44_and_the_next_step(home: Home) -> None:
    (home.path / "empty.toml").write_text("version = 1")
    refused = home.call("queue", "--config", "empty.toml")
    assert refused.code == 44
    assert "fourth-signer init" in refused.sentence


def test_queue__no_configuration__30(home: Home) -> None:
    refused = home.call("queue")
    assert refused.code == 30
    assert "fourth-signer init" in refused.sentence


@pytest.mark.parametrize(
    "content", [b"\x00\xff", b"version = 1\n[[vaults]]", b"version = 9", b"{}", b"\x1b[31m"]
)
def test_queue__malformed_file__31_and_the_file_named(home: Home, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    refused = home.run("queue", "--config", str(path))
    assert refused.code == 31
    assert str(path) in refused.sentence


def test_queue__two_vaults_and_none_chosen__44(settled: Home, home: Home) -> None:
    text = settled.config.read_text()
    table = text[text.index("[vaults") : text.index("# Chains")].replace("chain = 31337", "chain = 1")
    (home.path / "two.toml").write_text(text + "\n" + table.replace("treasury", "reserve"))
    refused = home.call("queue", "--config", "two.toml")
    assert refused.code == 44
    assert "treasury, reserve" in refused.sentence


def test_queue__pinned_chain_without_endpoints__34(settled: Home, home: Home) -> None:
    text = settled.config.read_text()
    (home.path / "none.toml").write_text(text.replace("[chains.31337]", "[chains.1]"))
    refused = home.call("queue", "--config", "none.toml")
    assert refused.code == 34
    assert "--rpc" in refused.sentence
