"""Who gains by an operation: receives an asset, may spend one from then on, or gets a say over a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.assess.case import Case, Site
from verifier.assess.movements import moves_of
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.effect import Allowance, Authority, Delegation, Move
from verifier.model.finding import ByteRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """An account that receives an asset, or may spend it from then on."""

    account: Address
    use: Use
    site: Site
    # Of the call's data; None where it is the call's value, or a rule of the vault says so.
    where: ByteRange | None = None


def gains_of(case: Case) -> Iterator[Gain]:
    """Yield who gains an asset, each account once for a call and use. The vault itself is no gainer."""
    for site in case.sites():
        seen = set()
        for gain in (*_by_effect(site), *_by_rule(case, site)):
            key = gain.account, gain.use
            if gain.account != case.vault and key not in seen:
                seen.add(key)
                yield gain


def allowances_of(case: Case) -> Iterator[tuple[Site, Allowance]]:
    """Yield every allowance that is given; not those that are taken back."""
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Allowance) and effect.amount != 0:
                yield site, effect


def accounts_of(case: Case) -> Iterator[tuple[Site, Address]]:
    """Yield every account that matters to a call, with the first call that it matters to.

    Where data goes, who gains an asset, who gets a say, and whose code is run. Neither the vault nor the zero address.
    """
    found: dict[Address, Site] = {}
    for site in case.sites():
        if site.call.call.data:
            found.setdefault(site.call.call.target, site)
        for effect in site.call.effects:
            if isinstance(effect, Authority) and effect.account is not None:
                found.setdefault(effect.account, site)
            elif isinstance(effect, Delegation):
                found.setdefault(effect.code, site)
    for gain in gains_of(case):
        found.setdefault(gain.account, gain.site)
    for account, site in found.items():
        if account not in (case.vault, NOBODY):
            yield site, account


def _by_effect(site: Site) -> Iterator[Gain]:
    for effect in site.call.effects:
        if isinstance(effect, Move) and effect.amount != 0 and not _is_waiting(effect):
            yield Gain(account=effect.recipient, use=Use.RECIPIENT, site=site, where=effect.where)
        elif isinstance(effect, Allowance) and effect.amount != 0:
            yield Gain(account=effect.spender, use=Use.SPENDER, site=site, where=effect.where)


def _is_waiting(move: Move) -> bool:
    """Whether something stays with the contract that it is of until it is collected: nobody gains it by that."""
    is_its_own = move.token == move.sender == move.recipient
    return is_its_own and move.token_id is None and move.least is not None


def _by_rule(case: Case, site: Site) -> Iterator[Gain]:
    """Yield who gains by what a rule of the vault measures; it looks at the operation's own calls only."""
    if site.path:
        return
    for move in moves_of(site.call.call, case.policy):
        if move.amount:
            yield Gain(account=move.account, use=move.use, site=site)
