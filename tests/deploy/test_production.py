"""A production network: nothing is sent there but what two people released, and somebody says yes to at a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.anvil import Anvil, start_anvil
from tests.deploy.house import DEPLOYER, House, KeySigner, file_of, text_of
from tests.gate.house import DAY, NOW, build_house
from tests.gate.house import House as Project
from verifier.cli.deploying import DeployOrder, run_deployment
from verifier.deploy.gate.record import PIN_VARIABLE
from verifier.errors import FourthSignerError, NotConfirmed, ReleaseRefused, exit_code_of
from verifier.errors.deploying import ChainUnfit, PlanRefused, ReleaseUnauthorised
from verifier.model.units import Timestamp


@pytest.fixture(scope="module")
def mainnet_of_all() -> Iterator[Anvil]:
    with start_anvil("--chain-id", "1") as chain:
        yield chain


@pytest.fixture
def mainnet(mainnet_of_all: Anvil) -> Iterator[Anvil]:
    with mainnet_of_all.isolate():
        yield mainnet_of_all


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A repository with a vault's file in it, and a release policy; this machine was told which record is right."""
    project = build_house(tmp_path)
    project.file.write_text(text_of(('networks = ["mainnet"]', 'networks = ["sepolia"]')))
    project.commit("Describe the vault")
    with mock.patch.dict(os.environ, {PIN_VARIABLE: project.pin}):
        yield project


class AtNow:
    """The port Clock, at the hour of the tests of the gate."""

    def __init__(self, now: int = NOW) -> None:
        self._now = now

    def now(self) -> Timestamp:
        return Timestamp(self._now)


@contextmanager
def somebody_typing(answer: str) -> Iterator[None]:
    """Sit somebody at a terminal of their own who has typed this."""
    ours, theirs = os.openpty()
    stdin, stderr = sys.stdin, sys.stderr
    with os.fdopen(theirs, "r+b", buffering=0) as terminal:
        sys.stdin = os.fdopen(os.dup(terminal.fileno()), "r")
        sys.stderr = os.fdopen(os.dup(terminal.fileno()), "w")
        os.write(ours, answer.encode())
        try:
            yield
        finally:
            sys.stdin.close()
            sys.stderr.close()
            sys.stdin, sys.stderr = stdin, stderr
            os.close(ours)


def deploy(
    chain: Anvil, project: Project, *tokens: str, now: int = NOW, **asked: object
) -> dict[str, object]:
    house = House(chain, file_of(project.file.read_text()))
    usual = {"path": project.file, "sends": True, "policy": project.policy_path, "tokens": tokens}
    order = DeployOrder(**(usual | asked))  # type: ignore[arg-type]
    answer = run_deployment(order, house.view, KeySigner(), clock=AtNow(now))
    record: dict[str, object] = json.loads(answer.text)
    return record


def nonce_of(chain: Anvil) -> int:
    return int(chain.rpc("eth_getTransactionCount", ["0x" + DEPLOYER.hex(), "latest"]), 16)


def test_deploy__with_the_word_of_two__sends_it_and_spends_their_tokens(
    mainnet: Anvil, project: Project
) -> None:
    tokens = project.token("ann-1"), project.token("ben-1")
    with somebody_typing("yes\n"):
        report = deploy(mainnet, project, *tokens)
    assert (report["complete"], report["production"], report["network"]) == (True, True, "mainnet")
    assert json.loads(project.record.read_text().splitlines()[-1])["kind"] == "release"
    # What is there needs nobody's word: nothing is sent.
    assert deploy(mainnet, project)["sent"] == []


def test_deploy__cut_off_after_the_release__is_gone_on_with_by_the_same_release(
    mainnet: Anvil, project: Project
) -> None:
    project.release(project.token("ann-1"), project.token("ben-1"))
    with somebody_typing("y\n"):
        assert deploy(mainnet, project, now=NOW + DAY)["complete"]


def test_deploy__cut_off_for_longer_than_a_day__needs_their_word_again(
    mainnet: Anvil, project: Project
) -> None:
    project.release(project.token("ann-1"), project.token("ben-1"))
    with somebody_typing("y\n"), pytest.raises(ReleaseRefused):
        deploy(mainnet, project, now=NOW + DAY + 1)
    assert nonce_of(mainnet) == 0


def test_deploy__of_another_file_than_the_released_one__is_refused(mainnet: Anvil, project: Project) -> None:
    tokens = project.token("ann-1"), project.token("ben-1")
    project.file.write_text(project.file.read_text() + "\n")
    with somebody_typing("y\n"), pytest.raises(ReleaseRefused):
        deploy(mainnet, project, *tokens)
    assert nonce_of(mainnet) == 0


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, Any], type[FourthSignerError]]] = {
    "nobody's word": ((), {}, ReleaseRefused),
    "one person's word": (("ann-1",), {}, ReleaseRefused),
    "one person's word twice": (("ann-1", "ann-2"), {}, ReleaseRefused),
    "no policy": (("ann-1", "ben-1"), {"policy": None}, ReleaseUnauthorised),
    "yes said beforehand": (("ann-1", "ben-1"), {"yes": True}, ReleaseUnauthorised),
}


@pytest.mark.parametrize("what", REFUSED)
def test_deploy__without_all_that_it_takes__sends_nothing(
    mainnet: Anvil, project: Project, what: str
) -> None:
    kids, asked, refusal = REFUSED[what]
    before = project.record.read_text()
    with somebody_typing("y\n"), pytest.raises(refusal) as caught:
        deploy(mainnet, project, *(project.token(kid) for kid in kids), **asked)
    assert isinstance(caught.value, FourthSignerError)
    assert exit_code_of(caught.value) > 1
    assert nonce_of(mainnet) == 0
    assert project.record.read_text() == before


@pytest.mark.parametrize("typed", ["\n", "n\n", "yess\n", "\x04"])
def test_deploy__when_somebody_says_no__sends_nothing_and_spends_nothing(
    mainnet: Anvil, project: Project, typed: str
) -> None:
    tokens = project.token("ann-1"), project.token("ben-1")
    before = project.record.read_text()
    with somebody_typing(typed), pytest.raises(NotConfirmed):
        deploy(mainnet, project, *tokens)
    assert (nonce_of(mainnet), project.record.read_text()) == (0, before)


def test_deploy__where_nobody_sits__sends_nothing(mainnet: Anvil, project: Project) -> None:
    with pytest.raises(NotConfirmed):
        deploy(mainnet, project, project.token("ann-1"), project.token("ben-1"))
    assert nonce_of(mainnet) == 0


def test_deploy__as_a_dry_run__asks_nobody_and_sends_nothing(mainnet: Anvil, project: Project) -> None:
    report = deploy(mainnet, project, sends=False, policy=None)
    assert (report["complete"], report["sent"], nonce_of(mainnet)) == (False, [], 0)
    assert report["quote"] is not None


def test_deploy__to_a_chain_that_the_file_does_not_name__is_refused(chain: Anvil, tmp_path: Path) -> None:
    path = tmp_path / "vault.toml"
    path.write_text(text_of(("chain = 31337", "chain = 31338")))
    house = House(chain, file_of(path.read_text()))
    with pytest.raises(ChainUnfit, match="names no network"):
        run_deployment(DeployOrder(path=path, sends=True, yes=True), house.view, KeySigner())


def test_deploy__of_a_plan_that_does_not_hold__is_refused(chain: Anvil, tmp_path: Path) -> None:
    path = tmp_path / "vault.toml"
    path.write_text(text_of(("supermajority = 4", "supermajority = 2")))
    house = House(chain, file_of(path.read_text()))
    with pytest.raises(PlanRefused, match="supermajority"):
        run_deployment(DeployOrder(path=path, sends=True, yes=True), house.view, KeySigner())
    assert nonce_of(chain) == 0
