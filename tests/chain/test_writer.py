"""Sending to several endpoints of which one is down, keeps what it is given, or lies about what became of it."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil
from tests.cli.liars import Edit, Request, Response, edits, giving, refusing, says, serve, swallows
from tests.stage import ETHER, STRANGER, Stage
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.retries import Retries
from verifier.chain.writer import TransactionWriter
from verifier.decode.operations import encode_call
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointsDisagree,
    EndpointUnreachable,
    RevertedSilently,
    TransactionRejected,
    TransactionUnmined,
)
from verifier.errors.operations import CallerNotVault
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.reading import TransactionTerms
from verifier.model.units import ChainId, Wei

SENDER: Final = Account.from_key(keccak(b"the writer's sender"))
SENDER_ADDRESS: Final = Address(bytes.fromhex(SENDER.address[2:]))
PLAIN: Final = TransactionTerms(
    chain_id=ChainId(CHAIN_ID), nonce=0, gas=1_000_000, max_fee=Wei(10**10), priority_fee=Wei(0)
)
AT_ONCE: Final = Retries(attempts=1)


@pytest.fixture(autouse=True)
def paid(stage: Stage) -> None:
    stage.chain.set_balance(SENDER_ADDRESS, 10 * ETHER)


def honest(chain: Anvil, count: int = 2) -> list[str]:
    """Return names of one node."""
    port = chain.url.rpartition(":")[2]
    return [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost")[:count]]


def nowhere() -> str:
    """Return the address of a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def after(nonce: int) -> TransactionTerms:
    return replace(PLAIN, nonce=nonce)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.chain.writer._SETTLING", 0.5)


def writer(*urls: str, needed: int = 2, patience: float = 20.0) -> TransactionWriter:
    endpoints = [Endpoint(HttpTransport(url), retries=AT_ONCE) for url in urls]
    panel = Panel(endpoints, needed=needed, chain_id=ChainId(CHAIN_ID))
    return TransactionWriter(panel, patience=patience, pause=0.01)


def signed(
    terms: TransactionTerms = PLAIN, *, to: bytes = STRANGER, data: bytes = b"", value: int = 1
) -> bytes:
    transaction = {
        "type": 2,
        "chainId": terms.chain_id,
        "nonce": terms.nonce,
        "gas": terms.gas,
        "maxFeePerGas": terms.max_fee,
        "maxPriorityFeePerGas": terms.priority_fee,
        "to": to,
        "data": data,
        "value": value,
    }
    return bytes(SENDER.sign_transaction(transaction).raw_transaction)


def forbidden() -> bytes:
    """Return what the vault refuses of anybody but itself."""
    return encode_call("removeMember", SENDER_ADDRESS)


# ------------------------------------------------------------------------------------------------------------- sending


def test_send__all_honest__taken_once_and_agreed(stage: Stage) -> None:
    before = stage.chain.balance(STRANGER)
    receipt = writer(*honest(stage.chain)).send(signed())
    assert stage.chain.balance(STRANGER) == before + 1
    assert (receipt.evidence, receipt.block) == (Evidence.AGREED, int(stage.chain.block()["number"], 16))


def test_send__one_endpoint_configured__its_claim(stage: Stage) -> None:
    assert writer(*honest(stage.chain, 1), needed=1).send(signed()).evidence is Evidence.CLAIMED


def test_send__first_endpoint_down__sent_through_the_others(stage: Stage) -> None:
    down = nowhere()
    receipt = writer(down, *honest(stage.chain)).send(signed())
    assert receipt.evidence is Evidence.AGREED


def test_send__first_endpoint_keeps_it_to_itself__sent_through_the_others(stage: Stage) -> None:
    before = stage.chain.balance(STRANGER)
    with serve(swallows(stage.chain.url, block=stage.chain.block())) as liar:
        receipt = writer(liar, *honest(stage.chain)).send(signed())
    assert stage.chain.balance(STRANGER) == before + 1
    assert receipt.block == int(stage.chain.block()["number"], 16)


def test_send__all_but_one_refuse_what_they_have_already__not_refused(stage: Stage) -> None:
    """As where it got there, and the answer was lost on the way."""
    writer(*honest(stage.chain)).send(signed())
    assert writer(*honest(stage.chain)).send(signed()).evidence is Evidence.AGREED
    assert int(stage.chain.rpc("eth_getTransactionCount", [str(SENDER_ADDRESS), "latest"]), 16) == 1


def test_send__nobody_takes_it__the_first_refusal_even_where_the_first_is_down(stage: Stage) -> None:
    down = nowhere()
    writer(*honest(stage.chain)).send(signed())
    with pytest.raises(TransactionRejected, match="nonce"):
        writer(down, *honest(stage.chain)).send(signed(value=2))
    with pytest.raises(EndpointUnreachable):
        writer(down, needed=1).send(signed(value=2))


def test_send__endpoint_names_another_transaction__has_not_taken_it(stage: Stage) -> None:
    def edit(request: Request, response: Response) -> Response:
        results = {"eth_sendRawTransaction": "0x" + "11" * 32, "eth_getTransactionByHash": None}
        if request["method"] not in results:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "result": results[request["method"]]}

    with serve(edits(stage.chain.url, edit)) as liar:
        with pytest.raises(EndpointAnswerMalformed, match="another transaction"):
            writer(liar, needed=1).send(signed())
        # It was taken all the same; where another one shows that, it is not lost.
        assert writer(liar, *honest(stage.chain)).send(signed()).evidence is Evidence.AGREED


# --------------------------------------------------------------------------------------------------------- what became


def test_send__one_says_done_and_no_block_has_it__not_believed(stage: Stage) -> None:
    stage.chain.rpc("evm_setAutomine", [False])
    try:
        with serve(swallows(stage.chain.url, block=stage.chain.block())) as liar:
            sending = writer(liar, *honest(stage.chain), patience=0.3)
            with pytest.raises(EndpointsDisagree, match="what became of transaction") as disagree:
                sending.send(signed())
        assert disagree.value.agreeing == 1
        assert liar.removeprefix("http://") not in disagree.value.others
        with pytest.raises(TransactionUnmined):
            writer(*honest(stage.chain), patience=0.1).send(signed())
    finally:
        stage.chain.rpc("evm_setAutomine", [True])


@pytest.mark.parametrize("status", ["0x0", "0x1"])
def test_send__one_says_other_than_what_happened__the_others_are_believed(stage: Stage, status: str) -> None:
    with serve(swallows(stage.chain.url, block=stage.chain.block(), status=status)) as liar:
        sending = writer(liar, *honest(stage.chain))
        receipt = sending.send(signed())
        assert receipt.block == int(stage.chain.block()["number"], 16)
        failing = signed(after(1), to=stage.vault, data=forbidden(), value=0)
        with pytest.raises(CallerNotVault):
            sending.send(failing)


def test_send__two_who_have_to_agree_say_different_things__said_soon(stage: Stage) -> None:
    with serve(swallows(stage.chain.url, block=stage.chain.block("earliest"))) as liar:
        sending = writer(liar, *honest(stage.chain, 1), patience=600)
        with pytest.raises(EndpointsDisagree) as disagree:
            sending.send(signed())
    assert disagree.value.agreeing == 1


def test_send__one_never_sees_it_done__the_others_are_believed(stage: Stage) -> None:
    with serve(edits(stage.chain.url, giving("eth_getTransactionReceipt", None))) as liar:
        assert writer(liar, *honest(stage.chain)).send(signed()).evidence is Evidence.AGREED


def test_send__receipt_of_another_transaction__not_taken_for_this_one(stage: Stage) -> None:
    done = writer(*honest(stage.chain)).send(signed())
    other = stage.chain.rpc("eth_getTransactionReceipt", ["0x" + done.transaction.hex()])
    with (
        serve(edits(stage.chain.url, giving("eth_getTransactionReceipt", other))) as liar,
        pytest.raises(TransactionUnmined),
    ):
        writer(liar, needed=1, patience=0.1).send(signed(after(1)))


def test_send__one_gives_another_reason_for_a_failure__the_others_are_believed(stage: Stage) -> None:
    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_call":
            return response
        error = {"code": 3, "message": "execution reverted", "data": "0x" + "ab" * 36}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}

    failing = signed(to=stage.vault, data=forbidden(), value=0)
    with serve(edits(stage.chain.url, edit)) as liar:
        with pytest.raises(CallerNotVault):
            writer(liar, *honest(stage.chain)).send(failing)
        # Of two who have to agree, one alone gives no reason.
        with pytest.raises(RevertedSilently):
            writer(liar, *honest(stage.chain, 1)).send(failing)


# --------------------------------------------------------------------------------------------------------------- terms


def reverting(request: Request, response: Response) -> Response:
    if request["method"] != "eth_estimateGas":
        return response
    return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": 3, "message": "no", "data": "0x"}}


FALSE: Final[dict[str, Edit]] = {
    "would revert": reverting,
    "refused": refusing("eth_estimateGas"),
    "high gas": giving("eth_estimateGas", hex(10**12)),
    "low gas": giving("eth_estimateGas", "0x1"),
    "high nonce": giving("eth_getTransactionCount", "0x7"),
    "high tip": giving("eth_maxPriorityFeePerGas", hex(10**20)),
}


@pytest.mark.parametrize("lie", FALSE.values(), ids=FALSE)
def test_terms__one_of_three_lies__those_of_the_others(stage: Stage, lie: Edit) -> None:
    asked: dict[str, Any] = {
        "sender": SENDER_ADDRESS,
        "to": Address(STRANGER),
        "data": b"",
        "value": Wei(1),
    }
    expected = writer(*honest(stage.chain)).terms(**asked)
    with serve(edits(stage.chain.url, lie)) as liar:
        assert writer(liar, *honest(stage.chain)).terms(**asked) == expected
        assert writer(*honest(stage.chain), liar).terms(**asked) == expected


def test_terms__vault_refuses_and_one_says_that_it_does_not__refused(stage: Stage) -> None:
    with serve(edits(stage.chain.url, giving("eth_estimateGas", "0x5208"))) as liar:
        with pytest.raises(CallerNotVault):
            writer(liar, *honest(stage.chain)).terms(
                sender=SENDER_ADDRESS, to=Address(stage.vault), data=forbidden(), value=Wei(0)
            )
        with ExitStack() as down:
            broken = [down.enter_context(serve(says(b"no"))) for _ in range(2)]
            with pytest.raises(EndpointAnswerMalformed):
                writer(*broken).terms(sender=SENDER_ADDRESS, to=None, data=b"", value=Wei(0))
