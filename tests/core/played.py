"""Vaults of the reference model, founded by files, for changes to be played on them."""

from __future__ import annotations

from collections.abc import Iterable

from tests.core.arrangements import CHAIN, TOKENS
from tests.lifecycle.outside import Outside
from tests.lifecycle.reference import Reference
from tests.lifecycle.slots import REGISTRY
from tests.lifecycle.state import COMPANIONS, Block, State
from verifier.assess.bypasses import terms_in_force
from verifier.errors import VaultError
from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import Arrangement, Sitting, Strategy
from verifier.model.member import MemberStatus
from verifier.model.operation import Call
from verifier.model.units import SEATS, BlockNumber, Timestamp
from verifier.model.vault_file import BypassProcess, VaultFile

VAULT = Address(b"\x7a" * 20)
START = Timestamp(1_700_000_000)
_WITH_CODE = frozenset({VAULT, *TOKENS, *COMPANIONS.keepers})
_OUTSIDE = Outside(denier=Address(b"\xde" * 20), caller=Address(b"\xca" * 20))


class Played:
    """A vault of the reference model. What strategies may do it does not know, and that is kept apart."""

    def __init__(self, file: VaultFile) -> None:
        self.reference = Reference(chain_id=CHAIN, vault=VAULT, coded=_WITH_CODE, outside=_OUTSIDE.copy())
        self.reference.found(file.configuration(COMPANIONS), self._block(1))
        self._number = 1

    def execute(self, calls: Iterable[Call]) -> VaultError | None:
        """Make the calls of an operation, all or none, and return why they are refused."""
        self._number += 1
        block = self._block(self._number)
        return self.reference._attempt(lambda: self.reference._make(block, tuple(calls)))

    def arrangement(self, strategies: dict[bytes, Strategy]) -> Arrangement:
        return arrangement_in(self.reference.state, strategies, self._block(self._number).time)

    def _block(self, number: int) -> Block:
        return Block(number=BlockNumber(number), time=Timestamp(START + 60 * number), parent=number)


def arrangement_in(state: State, strategies: dict[bytes, Strategy], now: Timestamp) -> Arrangement:
    """Return how the vault of a state is arranged, as a reader of its storage would find it."""
    members = {
        state.seats[seat].member: Sitting(
            person=record.person,
            roles=record.roles,
            attributes=record.attributes,
            kind=record.kind,
            status=MemberStatus.ACTIVE if record.is_active else record.status,
            group=state.groups[state.seats[seat].member] if record.is_group else None,
        )
        for seat, record in sorted(state.sitting().items())
    }
    book, terms = state.duties[REGISTRY], terms_in_force(state.ledger.terms)
    unusable = [s for s in state.seats.values() if s.member != NOBODY or s.free_from >= now]
    return Arrangement(
        members=members,
        tiers=state.tiers,
        supermajority=state.roster.supermajority,
        registry=state.registry,
        assets={a: terms for a, terms in state.assets.items() if terms},
        counterparties={a: uses for a, uses in state.counterparties.items() if uses},
        rules={(to, s.to_bytes(4, "big")): rule for (to, s), rule in state.rules.items() if rule},
        duties={person: duties for person, duties in book.duties.items() if duties},
        exclusions={duty: mask for duty, mask in book.conflicts.items() if mask},
        bypass=BypassProcess(limit=terms.limit, review_hours=terms.review_hours),
        strategies=strategies,
        departed=frozenset(a for a, r in state.records.items() if r.status is MemberStatus.REMOVED),
        free_seats=SEATS - len(unusable),
    )
