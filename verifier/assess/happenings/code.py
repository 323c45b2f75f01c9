"""Whether what an open operation touches is still what it was when it was seen first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from verifier.assess.happenings.look import OperationView
from verifier.assess.happenings.operations import subject_of
from verifier.assess.happenings.pen import ALARM, Pen
from verifier.assess.happenings.texts import GONE, address_in
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.reading import LaneReading
from verifier.model.simulation import Touched
from verifier.model.text import Shown, show_bytes
from verifier.model.watching import Kind

# A longer list is cut: by far most operations touch fewer.
_MOST: Final = 64


def tell_code(pen: Pen, lane: LaneReading, view: OperationView) -> None:
    """Say that another code would run than when the operation was seen first.

    What it touches is kept when it is first known, where nobody else gives what it was.
    """
    if not view.touched:
        return
    one, subject = lane.operation_id.hex(), f"code/{lane.lane}"
    kept = _parse(pen.value(subject), one)
    if kept is None:
        pen.put(subject, _text(one, view.touched_before or view.touched))
        kept = _parse(pen.value(subject), one) or {}
    before = {**kept, **{each.address: _code(each) for each in view.touched_before}}
    now = {each.address: each for each in view.touched}
    changed = [
        now[address] for address, code in before.items() if address in now and _code(now[address]) != code
    ]
    told = pen.value(f"swapped/{lane.lane}") or GONE
    text = _text(one, sorted(changed, key=lambda each: each.address)) if changed else GONE
    if told == text:
        return
    pen.put(f"swapped/{lane.lane}", text)
    known = _parse(told, one) or {}
    for each in changed:
        if known.get(each.address) != _code(each):
            _tell(pen, lane, view, each, before[each.address])


def _tell(pen: Pen, lane: LaneReading, view: OperationView, now: Touched, before: tuple[str, str]) -> None:
    code_hash, implementation = before
    if now.code_hash.hex() != code_hash:
        what = f"its code hashed to 0x{code_hash}, and hashes to {show_bytes(now.code_hash)} now"
    else:
        what = (
            f"it ran the code of {implementation}, and runs that of {now.implementation or 'nobody else'} now"
        )
    stop = "object to it" if lane.state.seat_operation else f"veto it with `fourth-signer veto {lane.lane}`"
    said = (
        f"{pen.name(now.address)}, which the operation in lane {lane.lane} ({lane.state.tier.name}) touches, is "
        f"another one than when the operation was seen first: {what}. What was approved is not what will run: "
        f"{stop}, or review it anew."
    )
    pen.tell(
        Kind.CODE_CHANGED,
        subject_of(lane.operation_id),
        said,
        ALARM,
        occasion=f"{now.address}:{now.code_hash.hex()[:16]}:{now.implementation or '-'}",
        lines=(Shown(f"What it does: {view.sentence}"),),
        findings=view.findings,
        evidence=Evidence(now.evidence),
        lane=lane.lane,
        operation_id=lane.operation_id,
        ready_at=lane.state.ready_at,
    )


def _code(touched: Touched) -> tuple[str, str]:
    return touched.code_hash.hex(), f"{touched.implementation or '-'}"


def _text(operation_id: str, touched: Iterable[Touched]) -> str:
    parts = [":".join((f"{each.address}", *_code(each))) for each in list(touched)[:_MOST]]
    return " ".join((operation_id, *parts))


def _parse(text: str | None, operation_id: str) -> Mapping[Address, tuple[str, str]] | None:
    """Return codes by account; None where the text is about another operation."""
    one, *parts = (text or "").split(" ")
    if one != operation_id:
        return None
    found = {}
    for part in parts:
        account, code_hash, implementation = [*part.split(":"), "", ""][:3]
        address = address_in(account)
        if address:
            found[address] = (code_hash, implementation)
    return found
