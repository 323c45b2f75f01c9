"""Endpoints that lie: each lie is caught, and its endpoint named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.core.one_vault import (
    CODE,
    OPERATION,
    ROSTER,
    STATE,
    TOKEN,
    VAULT,
    node,
    read,
    reader,
    severities,
)
from tests.fakenode import Dead, FakeNode, Liar
from verifier.chain import layout
from verifier.chain.endpoint import Endpoint
from verifier.chain.panel import Panel
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointsDisagree,
    EndpointUnreachable,
    EvidenceError,
    HeaderUnproven,
    ProofInvalid,
    WrongChain,
)
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.units import ChainId

Lie = Callable[[str, Sequence[Any], dict[str, Any]], Any]


def lie_in(method: str, change: Callable[[Any], None]) -> Lie:
    """Return a lie that changes the result of one method."""

    def lie(asked: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
        if asked == method:
            change(response["result"])
        return response

    return lie


def other_storage(proof: dict[str, Any]) -> None:
    proof["storageProof"][0]["value"] = "0x1"


def forged_proof(proof: dict[str, Any]) -> None:
    nodes = proof["storageProof"][0]["proof"]
    if not nodes:
        return  # an account that is not there has no storage
    nodes[-1] = nodes[-1][:-2] + ("00" if nodes[-1][-2:] != "00" else "01")


def other_code(proof: dict[str, Any]) -> None:
    nodes = proof["accountProof"]
    nodes[-1] = nodes[-1].replace(keccak(CODE).hex(), keccak(b"other").hex())


def no_proof(proof: dict[str, Any]) -> None:
    for entry in proof["storageProof"]:
        entry["proof"] = []


def fewer_words(proof: dict[str, Any]) -> None:
    proof["storageProof"].pop()


def other_state_root(block: dict[str, Any]) -> None:
    block["stateRoot"] = "0x" + "77" * 32


def no_header(block: dict[str, Any]) -> None:
    del block["stateRoot"]


@pytest.mark.parametrize(
    ("method", "change", "caught"),
    [
        ("eth_getProof", other_storage, ProofInvalid),
        ("eth_getProof", forged_proof, ProofInvalid),
        ("eth_getProof", other_code, ProofInvalid),
        ("eth_getProof", no_proof, ProofInvalid),
        ("eth_getProof", fewer_words, EndpointAnswerMalformed),
        ("eth_getBlockByNumber", other_state_root, HeaderUnproven),
        ("eth_getBlockByNumber", no_header, EndpointAnswerMalformed),
    ],
)
def test_read_vault__one_endpoint_lies__caught_and_named(
    method: str, change: Callable[[Any], None], caught: type[Exception]
) -> None:
    with pytest.raises(caught) as error:
        read(Liar(node(), lie_in(method, change)))
    assert "liar" in str(error.value)


@pytest.mark.parametrize("change", [other_storage, forged_proof, other_code, no_proof])
def test_read_vault__first_of_two_lies_in_proofs__the_other_proves_and_the_liar_is_named(
    change: Callable[[Any], None],
) -> None:
    reading = read(Liar(node("x"), lie_in("eth_getProof", change)), node("b"), needed=2)
    assert reading.roster.value == ROSTER
    assert reading.roster.evidence is Evidence.PROVEN
    assert set(severities(reading).items()) == {("endpoint-lies", Severity.WARNING)}
    assert all("liar" in finding.sentence for finding in reading.findings)


def test_read_vault__one_of_three_gives_a_header_that_does_not_hash__named() -> None:
    liar = Liar(node("x"), lie_in("eth_getBlockByNumber", other_state_root))
    reading = read(liar, node("b"), node("c"), needed=2)
    assert reading.roster.evidence is Evidence.PROVEN
    assert severities(reading) == {"endpoint-lies": Severity.WARNING}
    assert "liar" in reading.findings[0].sentence
    assert (reading.head.silent, reading.head.lying) == (("liar",), ("liar",))


def test_read_vault__another_chain__stops_and_names_it() -> None:
    other = node("other")
    other.chain_id = 5
    with pytest.raises(WrongChain) as wrong:
        read(node("a"), node("b"), other, needed=2)
    assert (wrong.value.endpoint, wrong.value.expected, wrong.value.actual) == ("other", 1, 5)


def forked(name: str) -> FakeNode:
    """A whole chain of its own, honest in itself, in which the operation was vetoed."""
    made = node(name)
    made.blocks.clear()
    state = replace(STATE, status=Status.VETOED)
    made.accounts[VAULT].storage[layout.lane_state(OPERATION.lane)] = state.pack()
    for _ in range(8):
        made.seal(extra=b"forked")
    return made


def test_read_vault__one_of_three_tells_of_another_chain__danger_and_named() -> None:
    reading = read(node("a"), forked("bad"), node("c"), needed=2)
    assert reading.head.agreeing == ("a", "c")
    assert severities(reading) == {"endpoint-dissents": Severity.DANGER}
    assert "bad" in reading.findings[0].sentence
    assert [lane.lane for lane in reading.queue] == [3, 20]


def test_read_vault__two_of_three_collude__danger_though_they_are_enough() -> None:
    reading = read(node("honest"), forked("x"), forked("y"), needed=2)
    assert [lane.lane for lane in reading.queue] == [20]
    assert severities(reading)["endpoint-dissents"] is Severity.DANGER
    assert "honest" in reading.findings[0].sentence
    # Their proofs lead to their own header: nothing is called proven while anybody denies it.
    facts = (reading.lanes, reading.roster, reading.members, reading.balance, reading.code_hash)
    assert {fact.evidence for fact in facts} == {Evidence.AGREED}


def test_read_vault__one_of_three_denies_the_block__nothing_is_called_proven() -> None:
    reading = read(node("a"), forked("bad"), node("c"), needed=2)
    assert reading.lanes.evidence is Evidence.AGREED
    assert read(node("a"), node("b"), node("c"), needed=2).lanes.evidence is Evidence.PROVEN


def test_read_vault__three_of_three_collude__nothing_tells() -> None:
    """What cannot be caught: as many as configured, and nobody who denies it."""
    reading = read(forked("x"), forked("y"), forked("z"), needed=2)
    assert [lane.lane for lane in reading.queue] == [20]
    assert reading.findings == ()


def test_read_vault__two_of_three_collude_and_three_needed__stops() -> None:
    with pytest.raises(EndpointsDisagree) as disagree:
        read(node("honest"), forked("x"), forked("y"), needed=3)
    assert disagree.value.others == ("honest",)


def test_read_vault__old_block_served_as_new__the_others_block_is_not_it() -> None:
    stale = node("stale")
    fresh = [node("a"), node("b")]
    for one in fresh * 5:
        one.seal()
    reading = read(stale, *fresh, needed=2)
    assert reading.head.number == 12
    assert [f.severity for f in reading.findings] == [Severity.NOTICE]
    assert reading.head.silent == ("stale",)


def test_read_vault__dead_endpoint__a_notice_while_enough_are_left() -> None:
    reading = read(node("a"), Dead(), node("b"), needed=2)
    assert severities(reading) == {"endpoint-silent": Severity.NOTICE}
    with pytest.raises(EndpointsDisagree):
        read(node("a"), Dead(), needed=2)
    with pytest.raises(EndpointUnreachable):
        read(Dead())
    with pytest.raises(EndpointUnreachable):
        read(Dead("x"), Dead("y"), needed=2)


@pytest.mark.parametrize(
    "response", [None, [], {}, {"result": None}, {"result": []}, {"error": "no"}, {"error": {}}, 5]
)
def test_read_vault__answers_that_make_no_sense__one_of_our_errors(response: Any) -> None:
    with pytest.raises(EvidenceError):
        read(Liar(node(), lambda *_: response))


def without_proofs(method: str, _: Sequence[Any], response: dict[str, Any]) -> Any:
    if method == "eth_getProof":
        return {"error": {"code": -32601, "message": "the method does not exist"}}
    return response


def test_read_vault__no_proofs_anywhere__agreed_and_said_so() -> None:
    transports = [Liar(node(name), without_proofs, name) for name in ("a", "b")]
    reading = read(*transports, needed=2)
    assert reading.lanes.evidence is Evidence.AGREED
    assert reading.roster.value == ROSTER
    assert severities(reading) == {"not-proven": Severity.NOTICE}
    assert "a: the method does not exist" in reading.findings[0].sentence


def pruned(method: str, _: Sequence[Any], response: dict[str, Any]) -> Any:
    if method == "eth_getProof":
        return {"error": {"code": -32000, "message": "distance to target block exceeds maximum proof window"}}
    return response


def test_read_vault__proofs_refused_for_this_block__tried_anew_and_then_agreed_with_the_reason() -> None:
    first, second = node("a"), node("b")
    reading = read(Liar(first, pruned, "a"), Liar(second, pruned, "b"), needed=2)
    assert reading.lanes.evidence is Evidence.AGREED
    assert "maximum proof window" in reading.findings[0].sentence
    assert first.asked.count("eth_chainId") == 3


def test_read_vault__one_endpoint_that_proves_is_enough__proven() -> None:
    reading = read(Liar(node("a"), without_proofs, "a"), node("b"), needed=2)
    assert reading.lanes.evidence is Evidence.PROVEN
    assert reading.findings == ()


def test_read_vault__no_proofs_and_one_of_three_differs__agreed_and_the_odd_one_named() -> None:
    def lie(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
        if method == "eth_getBalance":
            return {"result": "0x123456"}
        return without_proofs(method, params, response)

    transports = [Liar(node(name), without_proofs, name) for name in ("a", "b")]
    reading = read(*transports, Liar(node("c"), lie, "odd"), needed=2)
    assert (reading.balance.value, reading.balance.evidence) == (5, Evidence.AGREED)
    assert severities(reading) == {"not-proven": Severity.NOTICE, "endpoint-dissents": Severity.DANGER}
    assert "odd" in next(f.sentence for f in reading.findings if f.rule == "endpoint-dissents")


def test_read_vault__no_proofs_but_for_a_forged_one__agreed_without_the_forger_who_is_named() -> None:
    forger = Liar(node("x"), lie_in("eth_getProof", no_proof), "forger")
    reading = read(forger, *(Liar(node(name), without_proofs, name) for name in ("a", "b")), needed=2)
    assert reading.lanes.evidence is Evidence.AGREED
    assert severities(reading) == {"not-proven": Severity.NOTICE, "endpoint-lies": Severity.WARNING}
    assert "forger" in next(f.sentence for f in reading.findings if f.rule == "endpoint-lies")


def test_read_policy__forged_proof__the_other_proves_and_the_liar_is_named() -> None:
    honest, lies = node("x"), [False]

    def lie(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
        if method == "eth_getProof" and lies[0]:
            no_proof(response["result"])
        return response

    source = reader(Liar(honest, lie), node("b"), needed=2)
    reading = source.read_vault()
    lies[0] = True
    policy = source.read_policy(reading, assets=[TOKEN])
    assert policy.assets[TOKEN].evidence is Evidence.PROVEN
    assert [(finding.rule, "liar" in finding.sentence) for finding in policy.findings] == [
        ("endpoint-lies", True)
    ]


@pytest.mark.parametrize("tag", ["safe", "finalized"])
def test_read_vault__block_at_rest__the_one_that_all_have(tag: str) -> None:
    one, other = node("a"), node("b")
    one.unfinalized, other.unfinalized = 2, 4
    panel = Panel([Endpoint(one), Endpoint(other)], needed=2, chain_id=ChainId(1))
    head = panel.head(tag)
    assert (head.number, head.agreeing) == (3, ("a", "b"))
    assert panel.head("latest").number == 7


def test_read_vault__no_proofs_and_words_that_differ__stops() -> None:
    def lie(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
        if method == "eth_getStorageAt":
            return {"result": "0x" + "01" * 32}
        return without_proofs(method, params, response)

    with pytest.raises(EndpointsDisagree):
        read(Liar(node("a"), without_proofs, "a"), Liar(node("b"), lie, "b"), needed=2)
