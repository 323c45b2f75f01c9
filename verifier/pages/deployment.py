"""What a deployment would send, and what it may cost, as text."""

from __future__ import annotations

from verifier.model.deployment import ChainState, Founding, PieceState, Quote
from verifier.model.units import Wei
from verifier.model.vault_file import Network
from verifier.pages.layout import Page

_COIN_DECIMALS = 18
_GWEI = 10**9


def quote_page(founding: Founding, state: ChainState, quote: Quote, network: Network, width: int) -> str:
    """Return each piece with its address, and each step with what it may cost."""
    page = Page(width)
    kind = "PRODUCTION" if network.is_production else "no production"
    page.text(f"{network.name}, chain {state.chain_id}: {kind}")
    page.space()
    costs = {step.piece.address: step for step in quote.steps}
    rows = [["piece", "is", "gas", "costs up to"]]
    for piece, here in zip(founding.pieces, state.states, strict=True):
        step = costs.get(piece.address)
        is_there = here is PieceState.PRESENT
        rows.append(
            [
                piece.name,
                "there" if is_there else "missing",
                "" if step is None else str(step.gas),
                "" if step is None else show_coins(quote.cost(step)),
            ]
        )
    page.table(rows, indent=2)
    page.space()
    fees = quote.fees
    page.field("vault", str(founding.vault.address))
    page.field(
        "fees",
        f"base {_gwei(fees.base)}, tip {_gwei(fees.priority)}, at most {_gwei(fees.most)} for a unit of gas",
    )
    page.field("in all", f"up to {show_coins(quote.total)}")
    page.field("account", f"{quote.account} has {show_coins(quote.balance)}")
    return str(page)


def show_coins(wei: Wei) -> str:
    """Return an amount of the native coin, exactly."""
    whole, rest = divmod(wei, 10**_COIN_DECIMALS)
    fraction = f"{rest:0{_COIN_DECIMALS}}".rstrip("0")
    return f"{whole}.{fraction or '0'} coins"


def _gwei(wei: Wei) -> str:
    whole, rest = divmod(wei, _GWEI)
    fraction = f"{rest:09}".rstrip("0")
    return f"{whole}.{fraction or '0'} gwei"
