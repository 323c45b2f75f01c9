"""Asking endpoints about themselves, each for itself: nothing of this is evidence for anything but their health."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from verifier.chain import layout
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.header import Header, read_header
from verifier.chain.proof import prove
from verifier.errors import EndpointError, EndpointRefused, EndpointsDisagree, FourthSignerError, WrongChain
from verifier.model.address import Address
from verifier.model.health import EndpointHealth
from verifier.model.units import ChainId

T = TypeVar("T")


def probe_all(
    endpoints: Sequence[Endpoint], *, chain_id: ChainId, vault: Address
) -> dict[str, EndpointHealth | FourthSignerError]:
    """Return how each endpoint is doing, by its name; an error where it is of no use."""
    return _each(endpoints, lambda endpoint: _probe(endpoint, chain_id, vault))


def ask_chain_id(endpoints: Sequence[Endpoint]) -> ChainId:
    """Return the chain that all endpoints serve, as far as they answer.

    :raises EndpointsDisagree: they serve different chains.
    :raises EndpointError: none answers; the first one's reason.
    """
    answers = _each(endpoints, lambda endpoint: ChainId(endpoint.ask("eth_chainId").quantity()))
    said = {name: answer for name, answer in answers.items() if not isinstance(answer, FourthSignerError)}
    for failure in answers.values():
        if isinstance(failure, FourthSignerError) and not said:
            raise failure
    first = next(iter(said.values()))
    others = tuple(name for name, answer in said.items() if answer != first)
    if others:
        raise EndpointsDisagree(
            what="which chain they serve",
            needed=len(said),
            agreeing=len(said) - len(others),
            others=others,
        )
    return first


def _probe(endpoint: Endpoint, chain_id: ChainId, vault: Address) -> EndpointHealth:
    began = time.monotonic()
    calls: list[Call] = [("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False])]
    number, block = endpoint.ask_many(calls)
    if number.quantity() != chain_id:
        raise WrongChain(endpoint=endpoint.name, expected=chain_id, actual=number.quantity())
    header = read_header(block)
    proves = _can_prove(endpoint, header, vault)
    return EndpointHealth(
        name=endpoint.name,
        chain_id=chain_id,
        block=header.number,
        block_hash=header.hash,
        timestamp=header.timestamp,
        proves=proves,
        milliseconds=round(1000 * (time.monotonic() - began)),
    )


def _can_prove(endpoint: Endpoint, header: Header, vault: Address) -> bool:
    """Whether a word of the vault can be proven.

    :raises EndpointError: there is a proof, and it is wrong.
    """
    slot = layout.FOUNDING
    try:
        answer = endpoint.ask("eth_getProof", str(vault), [f"0x{slot:064x}"], hex(header.number))
    except EndpointRefused:
        return False
    prove(answer, account=vault, slots=[slot], state_root=header.state_root)
    return True


def _each(endpoints: Sequence[Endpoint], task: Callable[[Endpoint], T]) -> dict[str, T | FourthSignerError]:
    def attempt(endpoint: Endpoint) -> T | FourthSignerError:
        try:
            return task(endpoint)
        except (EndpointError, WrongChain) as exc:
            return exc

    with ThreadPoolExecutor(max_workers=max(len(endpoints), 1)) as pool:
        outcomes = pool.map(attempt, endpoints)
        return {endpoint.name: outcome for endpoint, outcome in zip(endpoints, outcomes, strict=True)}
