"""Bundles that were made to mislead: what is in them is told apart from what is known, or they are refused."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import TOKEN
from tests.cli.program import Home
from tests.core.descriptions import SCHEMA
from verifier.chain.retries import Retries

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def original(settled: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of lane 1, in which a token is transferred. To be read only."""
    path = tmp_path_factory.mktemp("original") / "batch.bundle"
    ran = settled.call("bundle", "1", "--output", str(path))
    assert ran.code == 0, ran
    return path


@pytest.fixture
def altered(original: Path, tmp_path: Path) -> Callable[[Callable[[Lines], None]], Path]:
    def alter(change: Callable[[Lines], None]) -> Path:
        lines = [json.loads(line) for line in original.read_text().splitlines()]
        change(lines)
        path = tmp_path / "altered.bundle"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return alter


Alter = Callable[[Callable[[Lines], None]], Path]


def twice(lines: Lines) -> None:
    lines.append(lines[1])


def twice_otherwise(lines: Lines) -> None:
    lines.append({**lines[1], "result": "0x1"})


def many_names(lines: Lines) -> None:
    lines[0]["agreeing"] = ["node.example"] * 10_000


def long_name(lines: Lines) -> None:
    lines.append({"descriptor": "x" * 100_000, "content": {}})


def other_number(lines: Lines) -> None:
    """Ask for the same block under another number."""
    true, lines[0]["block"] = hex(lines[0]["block"]), lines[0]["block"] + 7
    for line in lines[1:]:
        line["params"] = json.loads(
            json.dumps(line["params"]).replace(f'"{true}"', f'"{hex(lines[0]["block"])}"')
        )


@pytest.mark.parametrize("change", [twice, twice_otherwise, many_names, long_name, other_number])
def test_show__bundle_that_says_things_twice_or_without_end__refused(
    settled: Home, altered: Alter, change: Callable[[Lines], None]
) -> None:
    ran = settled.call("show", "--bundle", str(altered(change)))
    assert ran.code == 29
    assert ran.sentence


def test_show__bundle_with_a_name_twice_in_one_object__refused(
    settled: Home, original: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.bundle"
    path.write_text(original.read_text().replace('"lane":1', '"lane":0,"lane":1', 1))
    ran = settled.call("show", "--bundle", str(path))
    assert ran.code == 29
    assert "twice" in ran.sentence


def test_show__bundle_of_another_chain_under_the_name_of_a_pinned_vault__refused(
    settled: Home, altered: Alter
) -> None:
    def elsewhere(lines: Lines) -> None:
        lines[0]["chain"] = 137
        for line in lines[1:]:
            if line["method"] == "eth_chainId":
                line["result"] = hex(137)

    path = altered(elsewhere)
    ran = settled.call("show", "--bundle", str(path), "--vault", "treasury")
    assert ran.code == 66
    assert "chain" in ran.sentence
    # Without a name it is shown for what it is: a vault that is not pinned, on another chain.
    record = settled.call("show", "--bundle", str(path), "--json").record
    rules = {each["rule"]: each["sentence"] for each in record["findings"]}
    assert "vault-not-pinned" in rules
    assert "on chain 137" in rules["from-bundle"]


FIELD = {"path": "gift", "label": "Gift", "format": "raw"}


def naming(name: str, intent: str) -> Callable[[Lines], None]:
    """Add a descriptor of the token's function that is called in this operation."""
    content = {
        "$schema": SCHEMA,
        "context": {"contract": {"deployments": [{"chainId": 31337, "address": str(TOKEN)}]}},
        "metadata": {"owner": "Your Own Bank"},
        "display": {"formats": {"transfer(address who,uint256 gift)": {"intent": intent, "fields": [FIELD]}}},
    }
    return lambda lines: lines.append({"descriptor": name, "content": content})


def test_show__bundle_whose_descriptor_names_a_function__its_words_and_nothing_cleared(
    settled: Home, altered: Alter, original: Path
) -> None:
    path = altered(naming("calldata-bank.json", "Does nothing\x1b[31m"))
    plain = settled.call("show", "--bundle", str(original), "--json").record
    record = settled.call("show", "--bundle", str(path), "--json").record
    assert [each["named_by"] for each in record["operation"]["calls"]] == ["none", "standard", "none"]
    assert [each["rule"] for each in record["findings"]] == [each["rule"] for each in plain["findings"]]
    page = " ".join(settled.call("show", "--bundle", str(path)).out.split())
    assert (
        "In the words of the descriptor the bundle's calldata-bank.json, by Your Own Bank (claimed)" in page
    )
    assert "Does nothing\\u{1b}[31m" in page


def test_show__bundle_whose_descriptor_comes_first_by_name__the_signers_own_is_shown(
    settled: Home, home: Home, altered: Alter
) -> None:
    registry = home.path / "registry"
    registry.mkdir()
    lines: Lines = []
    naming("calldata-own.json", "Ends the world")(lines)
    (registry / "calldata-own.json").write_text(json.dumps(lines[0]["content"]))
    home.config.parent.mkdir(parents=True)
    home.config.write_text(f'descriptors = "{registry}"\n' + settled.config.read_text())
    ran = home.call("show", "--bundle", str(altered(naming("!", "Does nothing"))))
    assert ran.code == 0, ran
    assert "Ends the world" in ran.out
    assert "Does nothing" not in ran.out


def test_show__fifo_in_place_of_a_bundle__refused_and_not_waited_for(home: Home) -> None:
    path = home.path / "pipe.bundle"
    os.mkfifo(path)
    ran = home.run("show", "--bundle", str(path))
    assert ran.code == 29
    assert "no regular file" in ran.sentence


def test_show__bundle_of_empty_lines__refused_at_once(home: Home) -> None:
    path = home.path / "lines.bundle"
    path.write_bytes(b"\n" * (32 << 20))
    began = time.thread_time()
    ran = home.call("show", "--bundle", str(path))
    assert ran.code == 29
    assert "lines" in ran.sentence
    assert time.thread_time() - began < 3


def test_show__bundle_whose_refusals_ask_for_patience__not_waited_for(
    settled: Home, altered: Alter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float | None] = []
    usual = Retries.pause

    def pause(self: Retries, attempt: int, wanted: float | None = None) -> float | None:
        pauses.append(usual(self, attempt, wanted))
        return None

    monkeypatch.setattr(Retries, "pause", pause)

    def limited(lines: Lines) -> None:
        for line in lines[1:]:
            if line["method"] not in ("eth_chainId", "eth_getBlockByNumber", "eth_getProof", "eth_getCode"):
                line.pop("result", None)
                line["refusal"] = {"code": 429, "message": "slow down"}

    path = altered(limited)
    ran = settled.call("show", "--bundle", str(path))
    assert ran.code in (0, 29)
    assert pauses
    assert set(pauses) == {None}
