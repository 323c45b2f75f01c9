"""What a simulation of the operation shows, beside what its bytes say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import DecodedCall, Naming
from verifier.model.effect import Allowance, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.simulation import Outcome, Simulation
from verifier.model.text import Shown, sanitise

_TOLD: Final = frozenset(
    {
        "transfer",
        "transferFrom",
        "safeTransferFrom",
        "safeBatchTransferFrom",
        "approve",
        "increaseAllowance",
        "decreaseAllowance",
        "setApprovalForAll",
    }
)
"""Functions of tokens that do what their arguments say, and nothing to any other asset."""

_SLACK: Final = 10
"""Base units by which a token that counts in shares may be off."""


def _reverts(case: Case) -> Iterator[Remark]:
    simulation = case.simulation
    if simulation is not None and simulation.outcome is Outcome.REVERTED:
        said = (
            f"It would fail, says {_by(simulation)} by {sanitise(simulation.method, most=60)}: {simulation.why} Ask "
            "why it was published; a second request after a failed one is an old trick."
        )
        yield Remark(said=said, evidence=Evidence.CLAIMED)


def _by(simulation: Simulation) -> Shown:
    return sanitise(simulation.endpoint, most=60)


def _loss_contrary(case: Case) -> Iterator[Remark]:
    if _is_understood(case):
        yield from _losses(
            case,
            "Every call of it is understood, and none says so: something does more than its name. Veto it.",
        )


def _loss_unnamed(case: Case) -> Iterator[Remark]:
    if not _is_understood(case):
        yield from _losses(
            case, "No call is understood so far as to say that. Find out what this is paid for."
        )


def _losses(case: Case, advice: str) -> Iterator[Remark]:
    simulation = case.simulation
    if simulation is None or simulation.deltas is None or simulation.outcome is not Outcome.DONE:
        return
    named = _named_losses(case)
    for delta in simulation.deltas:
        if delta.account != case.vault or delta.amount >= 0:
            continue
        lost, said_lost = -delta.amount, named.get((delta.token, delta.token_id), 0)
        if said_lost is None or (said_lost and lost <= said_lost + _SLACK):
            continue
        what = "wei of the native coin" if delta.token == NATIVE else f"of the token {case.name(delta.token)}"
        which = "" if delta.token_id is None else f", item {delta.token_id}"
        said = (
            f"The vault would lose {lost} {what}{which}, says {_by(simulation)}, and the bytes name "
            f"{said_lost or 'nothing'} of it. {advice}"
        )
        yield Remark(said=said, evidence=Evidence.CLAIMED)


def _named_losses(case: Case) -> Mapping[tuple[Address, int | None], int | None]:
    """Return what leaves the vault by the bytes: by asset and item. None where they do not fix how much."""
    named: dict[tuple[Address, int | None], int | None] = {}
    for site in case.sites():
        moves = [
            effect for effect in site.call.effects if isinstance(effect, Move) and effect.sender == case.vault
        ]
        for move in moves:
            key = move.token, move.token_id
            named[key] = _plus(named.get(key, 0), move.amount)
    return named


def _plus(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _is_understood(case: Case) -> bool:
    """Whether the bytes alone say all that the calls do, if every token is an honest one."""
    return all(_is_told(site.call) for site in case.sites())


def _is_told(call: DecodedCall) -> bool:
    if call.unopened or call.is_delegate:
        return False
    is_plain = not call.call.data or call.naming is Naming.OWN or call.function.partition("(")[0] in _TOLD
    # What holds other calls, and does nothing by itself but to pass value on.
    is_around = bool(call.children) and all(isinstance(effect, Move) for effect in call.effects)
    return is_plain or is_around


def _allowances(case: Case) -> Iterator[Remark]:
    simulation = case.simulation
    if simulation is None or simulation.allowances is None or simulation.outcome is not Outcome.DONE:
        return
    named: dict[tuple[Address, Address], int | None] = {}
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Allowance) and effect.owner == case.vault:
                key = effect.token, effect.spender
                # What is added to an allowance, or is one of an item, has no amount to compare.
                is_open = effect.amount is None or effect.is_increase or effect.token_id is not None
                earlier = named.get(key, 0)
                named[key] = None if is_open or earlier is None else max(earlier, effect.amount or 0)
    for change in simulation.allowances:
        if change.owner != case.vault or change.amount == 0:
            continue
        said_amount = named.get((change.token, change.spender), 0)
        if said_amount is None or (change.amount is not None and change.amount <= said_amount):
            continue
        amount = "everything" if change.amount is None else f"{change.amount} base units"
        said = (
            f"Afterwards {case.name(change.spender)} may spend {amount} of the vault's {case.name(change.token)}, says "
            f"{_by(simulation)}, and the bytes name {said_amount or 'nothing'}. If that is not the rest of an "
            "older allowance, veto it."
        )
        yield Remark(said=said, evidence=Evidence.CLAIMED)


def _untrue(case: Case) -> Iterator[Remark]:
    simulation = case.simulation
    for delta in (simulation.deltas or ()) if simulation else ():
        if (
            simulation
            and delta.account == case.vault
            and delta.said is not None
            and delta.said != delta.amount
        ):
            said = (
                f"The events of {case.name(delta.token)} say that the vault's balance changes by {delta.said} base "
                f"units, and its balance changes by {delta.amount}, says {_by(simulation)}. This token takes something "
                "on the way, or lies: whoever shows events shows the wrong amount."
            )
            yield Remark(said=said, evidence=Evidence.CLAIMED)


def _disagreed(case: Case) -> Iterator[Remark]:
    simulation = case.simulation
    if simulation is not None and simulation.disagreeing:
        others = ", ".join(sanitise(name, most=60) for name in simulation.disagreeing)
        said = (
            f"{_by(simulation)} says that one thing would happen, and another one does {others}. What is shown is the "
            "first one's; do not rely on it. Find out which one lies, or is behind."
        )
        yield Remark(said=said, evidence=Evidence.CLAIMED)


_NEEDS: Final = frozenset({Source.SIMULATION})

RULES = (
    FindingRule(
        id="will-revert",
        severity=Severity.WARNING,
        rests_on="one endpoint's simulation",
        meaning="Played at the moment at which it is ready, the operation fails. It may be meant for a later state of "
        "the chain, or be a pretext for a second request. Ask before you approve.",
        judge=_reverts,
        needs=_NEEDS,
    ),
    FindingRule(
        id="loss-contrary",
        severity=Severity.DANGER,
        rests_on="one endpoint's simulation, and the call's bytes",
        meaning="The vault would lose an asset, or more of it, although every call is understood and none says so. "
        "Some contract does more than its function's name. Veto it.",
        judge=_loss_contrary,
        needs=_NEEDS,
    ),
    FindingRule(
        id="loss-unnamed",
        severity=Severity.WARNING,
        rests_on="one endpoint's simulation, and the call's bytes",
        meaning="The vault would lose an asset by calls of which nobody here knows what they do. Find out what the "
        "asset is given for.",
        judge=_loss_unnamed,
        needs=_NEEDS,
    ),
    FindingRule(
        id="allowance-unnamed",
        severity=Severity.WARNING,
        rests_on="one endpoint's simulation, and the call's bytes",
        meaning="Somebody may spend the vault's assets afterwards, and no call says so. It is the rest of an older "
        "allowance, or a new one that is given inside of a contract.",
        judge=_allowances,
        needs=_NEEDS,
    ),
    FindingRule(
        id="events-untrue",
        severity=Severity.WARNING,
        rests_on="one endpoint's simulation: a token's events, and its balances before and after",
        meaning="What a token's events say of the vault's balance is not what its balance does. Some tokens take a "
        "fee; others lie to whoever watches events. Go by the balance.",
        judge=_untrue,
        needs=_NEEDS,
    ),
    FindingRule(
        id="simulation-disagreed",
        severity=Severity.WARNING,
        rests_on="two endpoints' simulations",
        meaning="Two endpoints played the same bytes, and something else happened. One of them lies, or is behind. Do "
        "not rely on either before you know which.",
        judge=_disagreed,
        needs=_NEEDS,
    ),
)
