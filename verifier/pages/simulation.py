"""A simulation as text: how it ends, who has more or less afterwards, who may spend, and whose code takes part."""

from __future__ import annotations

from typing import Final, assert_never

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.simulation import AllowanceChange, Delta, Outcome, Simulation, StorageChange, Touched
from verifier.model.text import Shown, sanitise, show_moment
from verifier.pages.layout import Page

_MOST_ROWS: Final = 40


def add_simulation(page: Page, simulation: Simulation | None, lexicon: Lexicon) -> None:
    """Add how an operation would go. It is one endpoint's claim, and says so."""
    if simulation is None:
        return
    page.title("If it were executed (claimed)")
    page.text(_say_outcome(simulation), indent=2)
    for remark in simulation.remarks:
        page.text(remark, indent=2)
    if simulation.outcome is not Outcome.DONE:
        return
    _add_deltas(page, simulation, lexicon)
    _add_allowances(page, simulation, lexicon)
    _add_storage(page, simulation.storage, lexicon)
    _add_touched(page, simulation.touched, lexicon)


def _say_outcome(simulation: Simulation) -> str:
    by = sanitise(simulation.endpoint, most=80)
    where = f"{by} played it on block {simulation.block}, as of {show_moment(simulation.at)}"
    if simulation.is_assumed:
        where += ", taking it for approved and ready"
    match simulation.outcome:
        case Outcome.DONE:
            gas = "" if simulation.gas_used is None else f", with {simulation.gas_used:,} gas"
            said = f"It succeeds{gas}. {where}."
        case Outcome.REVERTED:
            said = f"It FAILS: {simulation.why} {where}."
        case Outcome.UNKNOWN:
            said = f"Nobody could play it: {simulation.why}"
        case never:
            assert_never(never)
    if simulation.disagreeing:
        others = ", ".join(sanitise(name, most=80) for name in simulation.disagreeing)
        said += f" Something else happens according to {others}."
    return said


def _add_deltas(page: Page, simulation: Simulation, lexicon: Lexicon) -> None:
    if simulation.deltas is None:
        page.text("Who has more or less afterwards, it cannot tell.", indent=2)
        return
    page.space()
    page.text(
        "Who has more or less afterwards:" if simulation.deltas else "Nobody has more or less afterwards.",
        indent=2,
    )
    # The vault's own first: that is what the reader answers for.
    ordered = sorted(simulation.deltas, key=lambda delta: delta.account != lexicon.vault)
    for delta in ordered[:_MOST_ROWS]:
        page.text(f"{lexicon.name(delta.account)}: {_amount_of(delta, lexicon)}", indent=4)
    _add_rest(page, len(ordered) - _MOST_ROWS + simulation.omitted)


def _amount_of(delta: Delta, lexicon: Lexicon) -> str:
    sign = "+" if delta.amount > 0 else "-"
    what = lexicon.amount(delta.token, abs(delta.amount))
    if delta.token_id is not None:
        what = Shown(f"{abs(delta.amount)} of number {delta.token_id} of {lexicon.name(delta.token)}")
    if delta.said is not None:
        return f"{sign}{what}, by its balance, though events say {delta.said}"
    return f"{sign}{what}" + ("" if delta.is_measured else ", as events say")


def _add_allowances(page: Page, simulation: Simulation, lexicon: Lexicon) -> None:
    if simulation.allowances is None:
        page.text("Who may spend what afterwards, it cannot tell.", indent=2)
        return
    if not simulation.allowances:
        return
    page.space()
    page.text("Who may spend what afterwards:", indent=2)
    for change in simulation.allowances[:_MOST_ROWS]:
        page.text(_say_allowance(change, lexicon), indent=4)
    _add_rest(page, len(simulation.allowances) - _MOST_ROWS)


def _say_allowance(change: AllowanceChange, lexicon: Lexicon) -> str:
    if change.amount is None:
        what = f"all of {lexicon.name(change.token)}"
    elif change.token_id is not None:
        what = f"number {change.token_id} of {lexicon.name(change.token)}"
    else:
        what = lexicon.amount(change.token, change.amount)
    said = f"{lexicon.name(change.spender)} may spend {what} of {lexicon.name(change.owner)}"
    if change.through is not None:
        said += f", through {lexicon.name(change.through)}"
    if change.until is not None:
        said += f", until {show_moment(change.until)}"
    return said + ("" if change.is_measured else ", as events say")


def _add_storage(page: Page, changes: tuple[StorageChange, ...] | None, lexicon: Lexicon) -> None:
    if changes is None:
        page.text("Which words of storage change, it cannot tell.", indent=2)
        return
    if not changes:
        return
    page.space()
    page.text("Storage that changes:", indent=2)
    counts: dict[Address, int] = {}
    for change in changes:
        counts[change.contract] = counts.get(change.contract, 0) + 1
    for contract, count in list(counts.items())[:_MOST_ROWS]:
        page.text(f"{lexicon.name(contract)}: {count} word{'s' if count != 1 else ''}", indent=4)
    _add_rest(page, len(counts) - _MOST_ROWS)


def _add_touched(page: Page, touched: tuple[Touched, ...] | None, lexicon: Lexicon) -> None:
    if touched is None:
        page.text("Whose code takes part, it cannot tell; a change of it would not be noticed.", indent=2)
        return
    page.space()
    page.text("Whose code takes part, kept and compared from now on:", indent=2)
    for each in touched[:_MOST_ROWS]:
        said = f"{lexicon.name(each.address)}: code hash 0x{each.code_hash.hex()[:16]}..."
        if each.implementation is not None:
            said += f", runs {lexicon.name(each.implementation)}"
        page.text(f"{said}, {each.evidence.name.lower()}", indent=4)
    _add_rest(page, len(touched) - _MOST_ROWS)


def _add_rest(page: Page, more: int) -> None:
    if more > 0:
        page.text(f"... and {more} more; --json has what was kept of them", indent=4)
