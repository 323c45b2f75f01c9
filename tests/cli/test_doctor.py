"""`fourth-signer doctor`: what is well, what is not, and its exit code."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.cli.conftest import Scene
from tests.cli.liars import edits, giving, refusing, serve
from tests.cli.program import Home
from tests.stage import companion


def marks(out: str) -> list[str]:
    return re.findall(r"^  (ok|note|warn|FAIL) ", out, re.MULTILINE)


@pytest.fixture
def copied(settled: Home, home: Home) -> Home:
    """A home with the usual configuration, which a test may spoil."""
    home.config.parent.mkdir(parents=True)
    shutil.copy(settled.config, home.config)
    return home


def test_doctor__all_well__says_so_line_by_line(settled: Home, scene: Scene) -> None:
    with serve(edits(scene.url, lambda _, response: response)) as second:
        ran = settled.run("doctor", "--rpc", scene.url, "--rpc", second)
    assert (ran.code, ran.err) == (0, "")
    assert set(marks(ran.out)) == {"ok"}
    for subject in (
        "file",
        "endpoints",
        "clock",
        "code",
        "founding",
        "storage",
        "members",
        "break-glass",
        "queue",
        "companions",
    ):
        assert re.search(rf"^  ok +{subject} ", ran.out, re.MULTILINE), subject
    assert ran.out.count("proves") == 2
    assert ran.out.endswith("All is well.\n")
    assert max(map(len, ran.out.splitlines())) <= 80


def test_doctor__two_names_of_one_node__may_be_one_source(settled: Home) -> None:
    ran = settled.run("doctor")
    assert ran.code == 10
    assert marks(ran.out).count("warn") == 1
    assert "have one address and port" in " ".join(ran.out.split())


def test_doctor__no_configuration__30_and_the_next_step(home: Home) -> None:
    ran = home.run("doctor")
    assert ran.code == 30
    assert marks(ran.out) == ["FAIL"]
    assert "fourth-signer init" in ran.out


def test_doctor__malformed_configuration__31(copied: Home) -> None:
    copied.config.write_text(copied.config.read_text().replace("founding =", "foundign ="))
    ran = copied.call("doctor")
    assert ran.code == 31
    assert "founding" in ran.out


def test_doctor__file_open_to_others__warned(copied: Home, scene: Scene) -> None:
    with serve(edits(scene.url, lambda _, response: response)) as second:
        rpc = ("--rpc", scene.url, "--rpc", second)
        copied.config.chmod(0o644)
        ran = copied.call("doctor", *rpc)
        assert (ran.code, marks(ran.out)[1]) == (0, "note")
        copied.config.chmod(0o666)
        assert copied.call("doctor", *rpc).code == 10


def test_doctor__one_endpoint_down__the_other_cannot_agree_alone(copied: Home, scene: Scene) -> None:
    copied.config.write_text(copied.config.read_text().replace(scene.second_url, "http://localhost:1"))
    ran = copied.call("doctor")
    assert ran.code == 50
    assert marks(ran.out)[:3] == ["ok", "ok", "FAIL"]
    assert "sign nothing" in ran.out


def test_doctor__spare_endpoint_without_proofs_or_down__note_or_warning(settled: Home, scene: Scene) -> None:
    with serve(edits(scene.url, refusing("eth_getProof"))) as without:
        rpc = ["--rpc", scene.url, "--rpc", without, "--rpc", scene.second_url]
        record = settled.call("doctor", "--json", *rpc).record
    by_name = {check["subject"]: check["severity"] for check in record["parts"][1]["checks"]}
    assert by_name[without.removeprefix("http://")] == "notice"
    record = settled.call("doctor", "--json", *rpc).record
    by_name = {check["subject"]: check["severity"] for check in record["parts"][1]["checks"]}
    assert by_name[without.removeprefix("http://")] == "warning"
    assert record["code"] == 10


def test_doctor__endpoint_of_another_chain__60(settled: Home, scene: Scene) -> None:
    with serve(edits(scene.url, giving("eth_chainId", "0x1"))) as other:
        ran = settled.call("doctor", "--rpc", scene.url, "--rpc", scene.second_url, "--rpc", other)
    assert ran.code == 60
    assert "serves chain 1" in " ".join(ran.out.split())


@pytest.mark.parametrize(("code", "expected"), [(b"", 64), (b"\x00", 65)])
def test_doctor__companion_missing_or_another_contract__64_or_65(
    settled: Home, scene: Scene, code: bytes, expected: int
) -> None:
    with scene.chain.isolate():
        scene.chain.set_code(companion("duty_registry"), code)
        scene.chain.mine()
        ran = settled.call("doctor")
    assert ran.code == expected
    assert "duty registry" in " ".join(ran.out.split())


def test_doctor__founding_hash_of_another_vault__63(copied: Home, scene: Scene) -> None:
    copied.config.write_text(copied.config.read_text().replace(scene.founding, "0x" + "00" * 32))
    ran = copied.call("doctor")
    assert ran.code == 63


def test_doctor__seat_of_another__warned(copied: Home, scene: Scene) -> None:
    copied.config.write_text(copied.config.read_text().replace("seat = 4", "seat = 3"))
    ran = copied.call("doctor")
    assert ran.code == 10
    assert "not yours any more" in " ".join(ran.out.split())


def test_doctor__chain_stands_still__old_block_warned(settled: Home, scene: Scene) -> None:
    with scene.chain.isolate():
        scene.chain.set_time(scene.chain.now() + 3600)
        ran = settled.call("doctor")
    assert ran.code == 10
    assert "set the clock" in " ".join(ran.out.split())
