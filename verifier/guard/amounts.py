"""How much of an asset an operation takes from an account, or lets others take, as far as its bytes fix it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.assess.movements import moves_of
from verifier.decode.lexicon import show_amount
from verifier.desk.review import Review
from verifier.guard.verdict import Verdict, no, unsure, yes
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import DecodedCall
from verifier.model.effect import Allowance, Delegation, Move
from verifier.model.evidence import Evidence
from verifier.model.guarding import AmountClause
from verifier.model.text import Shown, sanitise


@dataclass(slots=True)
class _Loss:
    """What an account loses at the most, as far as it is known."""

    amount: int = 0
    # All there is and will be.
    is_unlimited: bool = False
    # The bytes do not fix all of it.
    is_open: bool = False

    @property
    def is_any(self) -> bool:
        return self.amount > 0 or self.is_unlimited or self.is_open


_Losses = defaultdict[Address, _Loss]


def judge_amount(clause: AmountClause, review: Review, evidence: Evidence) -> Verdict:
    """Return whether one account loses more than an amount. What it moves and what it lets others spend adds up.

    :param evidence: of the operation's id
    """
    if review.operation is None:
        return unsure("its bytes are missing")
    asset = _asset_words(review, clause.asset)
    losses = {account: loss for account, loss in _losses(review, clause.asset).items() if loss.is_any}
    if not losses:
        return no(evidence, f"nobody loses any {asset}")
    decimals = clause.decimals
    listed = review.lexicon.assets.get(clause.asset)
    if decimals is not None and listed is not None and listed.value.decimals != decimals:
        return unsure(
            f"the rule has {decimals} decimals for {asset}, and the vault's own policy {listed.value.decimals}"
        )
    if decimals is None:
        if listed is None:
            return unsure(
                f"nobody proves the decimals of {asset}: the vault does not list it, and the rule has no `decimals`"
            )
        decimals, evidence = listed.value.decimals, min(evidence, listed.evidence)
    most = clause.over.base(decimals)
    if most is None:
        return unsure(f"the limit has more decimals than {asset}")
    name = review.lexicon.name
    is_open = False
    for account, loss in losses.items():
        if loss.is_unlimited:
            return yes(evidence, f"{name(account)} lets all of its {asset} be spent")
        if loss.amount > most:
            said = f"{name(account)} loses {show_amount(loss.amount, decimals)} {asset} ({loss.amount})"
            return yes(evidence, f"{said}, which is more than {show_amount(most, decimals)}")
        is_open = is_open or loss.is_open
    if is_open:
        return unsure(f"its bytes do not fix how much {asset} it moves")
    return no(evidence, f"nobody loses more than {show_amount(most, decimals)} {asset}")


def _asset_words(review: Review, asset: Address) -> Shown:
    """Return what an asset is called: the coin by its name, a token by its address and label."""
    return sanitise(review.lexicon.coin, most=20) if asset == NATIVE else review.lexicon.name(asset)


def is_opaque(call: DecodedCall) -> bool:
    """Whether nobody can tell what a call does: its data is not understood, or it hides calls."""
    return is_hiding(call) or (bool(call.call.data) and not call.is_understood)


def is_hiding(call: DecodedCall) -> bool:
    """Whether a call may make calls that nobody sees: not all of it was opened, or it runs code as somebody's own."""
    return call.unopened > 0 or any(isinstance(effect, Delegation) for effect in call.effects)


def _losses(review: Review, asset: Address) -> _Losses:
    total: _Losses = defaultdict(_Loss)
    vault = review.lexicon.actor
    for call in review.calls:
        own: _Losses = defaultdict(_Loss)
        for _, inner in call.walk():
            _add_effects(own, inner, asset, review)
        # What a rule of the vault's policy says that its own call moves, where the bytes say less.
        ruled = sum(move.amount for move in moves_of(call.call, review.policy) if move.asset == asset)
        if ruled > own[vault].amount:
            own[vault].amount = ruled
        for account, loss in own.items():
            added = total[account]
            added.amount += loss.amount
            added.is_unlimited = added.is_unlimited or loss.is_unlimited
            added.is_open = added.is_open or loss.is_open
    return total


def _add_effects(losses: _Losses, call: DecodedCall, asset: Address, review: Review) -> None:
    vault = review.lexicon.actor
    if is_opaque(call) and (is_hiding(call) or call.call.target == asset or not _is_measured(call, review)):
        losses[vault].is_open = True
    for account, amount, is_unlimited in _parts(call, asset, vault):
        loss = losses[account]
        if is_unlimited:
            loss.is_unlimited = True
        elif amount is None:
            loss.is_open = True
        else:
            loss.amount += amount


def _is_measured(call: DecodedCall, review: Review) -> bool:
    """Whether a rule of the vault's policy says what a call moves, so that its owners know."""
    rule = review.policy.rules.get((call.call.target, call.selector))
    return rule is not None and rule.value.measure is not None


def _parts(call: DecodedCall, asset: Address, vault: Address) -> Iterator[tuple[Address, int | None, bool]]:
    """Yield who loses how much, and whether that is all there is."""
    for effect in call.effects:
        if isinstance(effect, Move) and effect.token == asset:
            # What comes to the vault, or back to where it was, is lost by nobody.
            if effect.recipient in (vault, effect.sender):
                continue
            if effect.amount is None and effect.least:
                yield effect.sender, effect.least, False
            yield effect.sender, effect.amount, False
        elif isinstance(effect, Allowance) and effect.token == asset and effect.spender != effect.owner:
            yield effect.owner, effect.amount, effect.amount is None
