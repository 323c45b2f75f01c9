"""From events, and from what was asked before and after, to changes. Where both speak, balances are believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.chain.simulation_events import Grant, Holding, Said
from verifier.chain.simulation_probes import Probe
from verifier.model.address import Address
from verifier.model.simulation import AllowanceChange, Delta
from verifier.model.text import Shown, show_address
from verifier.model.units import Amount, Timestamp

# Of changes that are not the vault's; more are counted, and left out.
_MOST_OTHERS: Final = 256
# Of remarks about events that are not true.
_MOST_REMARKS: Final = 8
# Tokens that compute balances round them.
_ROUNDING: Final = 2
_UNLIMITED: Final = (1 << 256) - 1
# Permit2 has no larger amounts, and keeps no allowance for longer.
_PERMIT2_UNLIMITED: Final = (1 << 160) - 1
_NEVER: Final = (1 << 48) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A question, and what was answered before and after."""

    probe: Probe
    before: bytes | None
    after: bytes | None

    @property
    def numbers(self) -> tuple[int, int] | None:
        """Both answers; None where one of them is no answer."""
        before, after = self.probe.read(self.before), self.probe.read(self.after)
        return None if before is None or after is None else (before, after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What becomes of balances and allowances, the vault's own first."""

    deltas: tuple[Delta, ...]
    allowances: tuple[AllowanceChange, ...]
    # How many are left out.
    omitted: int = 0
    is_measured: bool = False
    remarks: tuple[Shown, ...] = ()


NO_CHANGES: Final = Changes(deltas=(), allowances=())


def changes_of(vault: Address, said: Said, measured: Sequence[Measured] | None = None) -> Changes:
    """Return what changes.

    :param measured: None where nothing could be asked
    """
    is_measured, measured = measured is not None, measured or ()
    known = {one.probe.about: one for one in measured if one.numbers is not None}
    deltas, allowances = _deltas(said, known), _allowances(said, known)
    own = [delta for delta in deltas if delta.account == vault]
    others = [delta for delta in deltas if delta.account != vault]
    granted = [change for change in allowances if change.owner == vault]
    of_others = [change for change in allowances if change.owner != vault]
    return Changes(
        deltas=(*own, *others[:_MOST_OTHERS]),
        allowances=(*granted, *of_others[:_MOST_OTHERS]),
        is_measured=is_measured,
        omitted=len(others[_MOST_OTHERS:]) + len(of_others[_MOST_OTHERS:]),
        remarks=tuple(_remark(delta) for delta in (*own, *others) if _is_untrue(delta))[:_MOST_REMARKS],
    )


def _deltas(said: Said, known: Mapping[Holding | Grant, Measured]) -> list[Delta]:
    measured = [about for about in known if isinstance(about, Holding)]
    deltas: list[Delta] = []
    # By how many single tokens of a collection an account changes.
    counts: Counter[tuple[Address, Address]] = Counter()
    # Single tokens first, so that the counts are there when a collection is asked how many somebody has.
    for holding in sorted(dict.fromkeys([*said.moves, *measured]), key=lambda about: about.token_id is None):
        by_events = said.moves.get(holding)
        one = known.get(holding)
        numbers = one.numbers if one else None
        amount = (by_events or 0) if numbers is None else numbers[1] - numbers[0]
        if not amount and not by_events:
            continue
        if holding.is_single:
            counts[holding.token, holding.account] += amount
        elif by_events is None and amount == counts[holding.token, holding.account]:
            continue
        is_denied = numbers is not None and by_events is not None and by_events != amount
        deltas.append(
            Delta(
                token=holding.token,
                account=holding.account,
                amount=amount,
                token_id=holding.token_id,
                is_measured=numbers is not None,
                said=by_events if is_denied else None,
            )
        )
    return deltas


def _allowances(said: Said, known: Mapping[Holding | Grant, Measured]) -> list[AllowanceChange]:
    asked = [about for about in known if isinstance(about, Grant)]
    changes = []
    for grant in dict.fromkeys([*said.grants, *asked]):
        by_events, one = said.grants.get(grant), known.get(grant)
        amount, until = by_events or (0, 0)
        if one and (numbers := one.numbers):
            before, amount = numbers
            until = one.probe.read_until(one.after)
            # One that was used up within the operation, or that nobody set, is no news.
            if before == amount and (by_events is None or not amount):
                continue
        changes.append(
            AllowanceChange(
                token=grant.token,
                owner=grant.owner,
                spender=grant.spender,
                amount=None if _is_all(grant, amount) else Amount(amount),
                token_id=grant.token_id,
                through=grant.through,
                until=Timestamp(until) if 0 < until < _NEVER else None,
                is_measured=one is not None,
            )
        )
    return changes


def _is_all(grant: Grant, amount: int) -> bool:
    if grant.is_for_all:
        return amount != 0
    return amount >= (_PERMIT2_UNLIMITED if grant.through else _UNLIMITED)


def _is_untrue(delta: Delta) -> bool:
    return delta.said is not None and abs(delta.said - delta.amount) > (
        _ROUNDING if delta.token_id is None else 0
    )


def _remark(delta: Delta) -> Shown:
    return Shown(
        f"The events of {show_address(delta.token)} say that {show_address(delta.account)} would have {delta.said:+} "
        f"base units, and its balances say {delta.amount:+}; the balances are shown."
    )
