"""Logs as the vault and its companions write them: every event of the compiled contracts has a name and a meaning."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.core.release import read_release, signature_type
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.happenings import KNOWN_EVENTS
from verifier.decode.logs import APPROVAL_TOPIC, TRANSFER_TOPIC, VAULT_TOPICS, read_logs
from verifier.model.address import Address
from verifier.model.event import Emitter, VaultEvent
from verifier.model.units import BlockNumber
from verifier.model.watching import LogEvent

CONTRACTS = [emitter for emitter in Emitter if emitter is not Emitter.ASSET]
ADDRESSES = {
    Emitter.VAULT: VAULT,
    Emitter.DUTY_REGISTRY: COMPANIONS.duty_registry,
    Emitter.STRATEGY_LIMITS: COMPANIONS.strategy_limits,
    Emitter.BYPASS_LEDGER: COMPANIONS.bypass_ledger,
    Emitter.ASSET: Address(b"\x70" * 20),
}


def compiled(emitter: Emitter) -> list[dict[str, Any]]:
    """Return the events of a compiled contract. The vault's ABI has those of other contracts that it calls as well."""
    return [entry for entry in read_release(f"{emitter.value}.abi.json") if entry["type"] == "event"]


EVERY = [(emitter, entry) for emitter in CONTRACTS for entry in compiled(emitter)]


def signature(entry: dict[str, Any]) -> bytes:
    return f"{entry['name']}({','.join(map(signature_type, entry['inputs']))})".encode("ascii")


def log_of(emitter: Address, topics: tuple[bytes, ...], data: bytes = b"") -> LogEvent:
    return LogEvent(
        emitter=emitter,
        topics=topics,
        data=data,
        block=BlockNumber(7),
        block_hash=b"\x01" * 32,
        index=0,
        transaction=b"\x02" * 32,
    )


def read(log: LogEvent) -> VaultEvent | None:
    found = read_logs([log], vault=VAULT, companions=COMPANIONS)
    return found[0] if found else None


def sample(kind: str, seed: int, parts: list[dict[str, Any]] | None = None) -> Any:
    """Return a value of a type, another one for another seed."""
    if kind.endswith("]"):
        of, _, length = kind[:-1].rpartition("[")
        return [sample(of, seed + i, parts) for i in range(int(length or 2))]
    if kind == "tuple":
        return tuple(sample(p["type"], seed + i, p.get("components")) for i, p in enumerate(parts or []))
    if kind == "address":
        return bytes([seed + 1]) * 20
    if kind == "bool":
        return True
    if kind == "bytes":
        return bytes([seed]) * 5
    return bytes([seed]) * 32 if kind == "bytes32" else seed + 3


def plain(value: Any) -> Any:
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else value


@pytest.mark.parametrize(
    ("emitter", "entry"), EVERY, ids=lambda each: getattr(each, "value", None) or each["name"]
)
def test_read_logs__every_event_of_the_compiled_contracts__named_and_read_as_another_encoder_wrote_it(
    emitter: Emitter, entry: dict[str, Any]
) -> None:
    values = {
        part["name"]: VAULT if part["name"] == "vault" else sample(part["type"], i, part.get("components"))
        for i, part in enumerate(entry["inputs"])
    }
    indexed = [part for part in entry["inputs"] if part["indexed"]]
    others = [part for part in entry["inputs"] if not part["indexed"]]
    topics = [encode([part["type"]], [values[part["name"]]]) for part in indexed]
    data = encode([signature_type(part) for part in others], [values[part["name"]] for part in others])
    event = read(log_of(ADDRESSES[emitter], (keccak(signature(entry)), *topics), data))
    assert event is not None
    assert (event.emitter, event.name) == (emitter, entry["name"])
    assert event.values == {name: plain(value) for name, value in values.items()}
    assert entry["name"] in KNOWN_EVENTS[emitter]


@pytest.mark.parametrize("emitter", CONTRACTS)
def test_known_events__every_contract__no_more_than_it_can_say(emitter: Emitter) -> None:
    assert {entry["name"] for entry in compiled(emitter)} == KNOWN_EVENTS[emitter]


def test_topics__as_the_standards_have_them__the_same() -> None:
    assert keccak(b"Transfer(address,address,uint256)") == TRANSFER_TOPIC
    assert keccak(b"Approval(address,address,uint256)") == APPROVAL_TOPIC
    assert set(VAULT_TOPICS) == {keccak(signature(entry)) for entry in compiled(Emitter.VAULT)}


def test_read_logs__asset_of_somebody_else__nothing() -> None:
    other = bytes(12) + b"\x99" * 20
    assert read(log_of(ADDRESSES[Emitter.ASSET], (TRANSFER_TOPIC, other, other), bytes(32))) is None


def test_read_logs__token_with_an_id__nothing_since_that_is_no_amount() -> None:
    word = bytes(12) + VAULT
    assert read(log_of(ADDRESSES[Emitter.ASSET], (TRANSFER_TOPIC, word, word, word))) is None


words = st.one_of(st.binary(min_size=32, max_size=32), st.just(bytes(12) + VAULT))
known_topics = st.sampled_from([keccak(signature(entry)) for _, entry in EVERY] + [TRANSFER_TOPIC])


@given(
    emitter=st.sampled_from([*ADDRESSES.values()]),
    topics=st.lists(words | known_topics, max_size=5),
    data=st.binary(max_size=200),
)
def test_read_logs__any_log__something_or_nothing(emitter: Address, topics: list[bytes], data: bytes) -> None:
    event = read(log_of(emitter, tuple(topics), data))
    if emitter == VAULT:
        assert event is not None
    if event and event.name:
        assert event.name in KNOWN_EVENTS[event.emitter]
