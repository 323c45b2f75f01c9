"""The chain's side of a step, in two round trips: the transaction, and all that there is to know of it.

What a transaction changed is read from its trace (`prestateTracer` in its mode of differences), so that every word of
storage that anything wrote is seen, and no other one has to be asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.anvil import GAS, Anvil, Outcome
from tests.lifecycle.slots import Place, Words
from verifier.model.address import Address
from verifier.model.units import Timestamp

Request = tuple[str, list[Any]]

DIFFERENCE: Final = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
REASON: Final = {"tracer": "callTracer", "tracerConfig": {"onlyTopCall": True}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a transaction changed on the chain."""

    # By account; zero where it was cleared.
    storage: dict[Address, dict[int, int]]
    # Whose balance or code is another one.
    paid: frozenset[Address]
    coded: frozenset[Address]

    def words(self, keepers: Mapping[Address, str]) -> Words:
        """Return the changed words of those that keep something for a vault."""
        return {
            (keepers[account], slot): word
            for account, storage in self.storage.items()
            if account in keepers
            for slot, word in storage.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A transaction that a block took in, and the answers to what was asked after it."""

    outcome: Outcome
    change: Change
    answers: list[Any]


def send_at(
    chain: Anvil,
    moment: Timestamp,
    sender: bytes,
    to: bytes,
    data: bytes,
    value: int,
    *,
    asking: Callable[[bool], Iterable[Request]],
) -> Sent:
    """Send a transaction in a block of this time, and ask then; what, may depend on whether it succeeded."""
    request = {
        "from": "0x" + sender.hex(), "to": "0x" + to.hex(), "data": "0x" + data.hex(),
        "value": hex(value), "gas": hex(GAS), "gasPrice": "0x0",
    }  # fmt: skip
    _, receipt = chain.batch(
        [("evm_setNextBlockTimestamp", [hex(moment)]), ("eth_sendTransactionSync", [request])]
    )
    succeeded, name = int(receipt["status"], 16) == 1, receipt["transactionHash"]
    requests: list[tuple[str, Sequence[Any]]] = [("debug_traceTransaction", [name, DIFFERENCE])]
    if not succeeded:
        requests.append(("debug_traceTransaction", [name, REASON]))
    known = len(requests)
    requests += asking(succeeded)
    answers = _answers(chain, requests)
    reason = "" if succeeded else answers[1].get("output") or "0x"
    outcome = Outcome(succeeded=succeeded, revert_data=bytes.fromhex(reason[2:]), receipt=receipt)
    return Sent(outcome=outcome, change=_change(answers[0]), answers=answers[known:])


def _answers(chain: Anvil, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
    """Return the results in their order; of a call that reverts, the error."""
    bodies = [chain._request(method, params) for method, params in requests]
    answers = {answer["id"]: answer for answer in chain._post(bodies)}
    return [answers[body["id"]].get("result", answers[body["id"]].get("error")) for body in bodies]


def _change(difference: dict[str, Any]) -> Change:
    storage: dict[Address, dict[int, int]] = {}
    paid, coded = set(), set()
    for side in ("pre", "post"):
        for text, account in difference[side].items():
            address = Address(bytes.fromhex(text[2:]))
            # What stands before and not after was cleared.
            words = {
                int(s, 16): int(w, 16) if side == "post" else 0 for s, w in account.get("storage", {}).items()
            }
            storage.setdefault(address, {}).update(words)
            if side == "post" and "balance" in account:
                paid.add(address)
            if side == "post" and "code" in account:
                coded.add(address)
    kept = {address: words for address, words in storage.items() if words}
    return Change(storage=kept, paid=frozenset(paid), coded=frozenset(coded))


def read_words(chain: Anvil, places: Iterable[Place], addresses: Mapping[str, Address]) -> Words:
    """Return what storage has in these places."""
    wanted = list(places)
    requests: list[Request] = [
        ("eth_getStorageAt", ["0x" + addresses[name].hex(), f"0x{slot:064x}", "latest"])
        for name, slot in wanted
    ]
    answers = chain.batch(requests)
    return {place: int(answer, 16) for place, answer in zip(wanted, answers, strict=True)}
