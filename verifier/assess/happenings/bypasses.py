"""Break-glass: each use, the third one, and what nobody has reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from verifier.assess.happenings.look import Manner
from verifier.assess.happenings.pen import ALARM, NOTED, QUIET, RUNG, Pen, Ring
from verifier.assess.happenings.said import bytes_in, number_in
from verifier.assess.happenings.texts import GONE, bypass_in, bypass_text, counts_in, counts_text
from verifier.errors import NumberOutOfRange
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.event import VaultEvent
from verifier.model.limits import BYPASS_PERIOD
from verifier.model.reading import Bypass, BypassReading
from verifier.model.text import Shown, show_bytes, show_moment
from verifier.model.units import OperationId, Timestamp, hours
from verifier.model.watching import Kind

BYPASS_EVENTS: Final = frozenset({"BypassRecorded", "BypassParticipated", "BypassReviewed", "BypassTermsSet"})

_NOTHING_FOUND: Final = bytes(32)


def hear_bypass(pen: Pen, event: VaultEvent, manner: Manner) -> None:
    """Take an event of the ledger.

    :raises UnreadableError: it does not say what its name promises.
    """
    match event.name:
        case "BypassRecorded":
            record = _record_in(number_in(event, "record"))
            if record:
                operation_id = OperationId(bytes_in(event, "id"))
                bypass = Bypass(operation_id=operation_id, record=record, findings=_NOTHING_FOUND)
                _put(pen, number_in(event, "bypass"), bypass, manner, is_first=False)
        case "BypassReviewed":
            index, record = number_in(event, "bypass"), _record_in(number_in(event, "record"))
            known = bypass_in(pen.value(f"bypass/{index:x}"))
            if record and known:
                reviewed = replace(known, record=record, findings=bytes_in(event, "findings"))
                _put(pen, index, reviewed, manner, is_first=False)
        case "BypassTermsSet":
            _put_terms(pen, BypassTerms.unpack(number_in(event, "terms")), is_first=False)
        case _:
            pass


def see_bypasses(pen: Pen, ledger: BypassReading, manner: Manner, *, now: Timestamp, is_first: bool) -> None:
    """Take what storage says, and what the clock makes of it."""
    for index, bypass in sorted(ledger.bypasses.items()):
        is_old = is_first and bypass.record.verdict is not Verdict.UNREVIEWED
        _put(pen, index, bypass, manner, is_first=is_old)
    _put_terms(pen, ledger.terms, is_first=is_first)
    for index, bypass in sorted(ledger.bypasses.items()):
        _tell_time(pen, index, bypass, ledger.terms, now)


def bypass_facts(ledger: BypassReading) -> Iterator[tuple[str, str]]:
    """Yield the facts about bypasses, as far as they were read."""
    for index, bypass in sorted(ledger.bypasses.items()):
        yield f"bypass/{index:x}", bypass_text(bypass)
    yield "ledger", _terms_text(ledger.terms)


def _put(pen: Pen, index: int, bypass: Bypass, manner: Manner, *, is_first: bool) -> None:
    subject = f"bypass/{index:x}"
    former, record = bypass_in(pen.value(subject)), bypass.record
    if pen.put(subject, bypass_text(bypass)) is None or is_first:
        return
    if former is None:
        _tell_made(pen, index, bypass, manner)
    if record.verdict is not (former.record.verdict if former else Verdict.UNREVIEWED):
        _tell_reviewed(pen, index, bypass)


def _tell_made(pen: Pen, index: int, bypass: Bypass, manner: Manner) -> None:
    record, subject = bypass.record, f"bypass/{index:x}"
    said = (
        f"Break-glass was used at {show_moment(record.at)} (bypass {index}): the operation in lane {record.lane} "
        f"would have been ready at {show_moment(record.former_ready_at)}. An auditor who took no part has to "
        "review it."
    )
    took_part = ", ".join(pen.who(seat) for seat in sorted(record.seats))
    lines = (
        Shown(f"Operation {show_bytes(bypass.operation_id)}."),
        Shown(f"Took part: {took_part or 'nobody'}."),
    )
    # The operation's own episode rings.
    pen.tell(Kind.BYPASS, subject, said, NOTED, lines=lines, operation_id=bypass.operation_id)
    recent = sum(
        1
        for _, value in pen.below("bypass/")
        if (known := bypass_in(value)) and record.at - BYPASS_PERIOD <= known.record.at <= record.at
    )
    if recent >= manner.bypasses:
        many = (
            f"Break-glass was used {recent} times within 30 days: what was for emergencies has become a habit, or "
            "somebody wears you down. Review all of them together."
        )
        pen.tell(Kind.BYPASSES_MANY, "bypasses", many, RUNG, occasion=f"{index:x}")


def _tell_reviewed(pen: Pen, index: int, bypass: Bypass) -> None:
    record = bypass.record
    is_fine = record.verdict is Verdict.JUSTIFIED
    said = f"Person {record.reviewer} reviewed bypass {index}: it was {'justified' if is_fine else 'NOT justified'}."
    if not is_fine:
        said += (
            f" Whoever took part in operation {show_bytes(bypass.operation_id)} misused break-glass: decide today "
            "who keeps a seat."
        )
    lines = (Shown(f"Hash of what was found: {show_bytes(bypass.findings)}."),)
    ring = NOTED if is_fine else ALARM
    pen.tell(
        Kind.BYPASS_REVIEWED, f"bypass/{index:x}", said, ring, lines=lines, operation_id=bypass.operation_id
    )


def _tell_time(pen: Pen, index: int, bypass: Bypass, terms: BypassTerms, now: Timestamp) -> None:
    waited, within = now - bypass.record.at, hours(terms.review_hours)
    is_waiting = bypass.record.verdict is Verdict.UNREVIEWED and index >= terms.counted_from
    phase = GONE
    if is_waiting and waited > within:
        phase = "overdue"
    elif is_waiting and 2 * waited >= within:
        phase = "half"
    subject = f"unreviewed/{index:x}"
    if (pen.value(subject) or GONE) == phase:
        return
    pen.put(subject, phase)
    if phase == GONE:
        return
    due = show_moment(bypass.record.at + within)
    ring: Ring = RUNG if phase == "overdue" else NOTED
    if phase == "overdue":
        said = f"Bypass {index} is unreviewed since its time ran out at {due}: until then nothing more can be hurried."
    else:
        said = (
            f"Half of the time to review bypass {index} is over: an auditor who took no part has until {due}."
        )
    said += f" Review it with `fourth-signer review {index}`."
    pen.tell(
        Kind.BYPASS_UNREVIEWED,
        f"bypass/{index:x}",
        said,
        ring,
        occasion=phase,
        operation_id=bypass.operation_id,
    )


def _put_terms(pen: Pen, terms: BypassTerms, *, is_first: bool) -> None:
    former = pen.value("ledger")
    nth = pen.put("ledger", _terms_text(terms))
    if nth is None or is_first or former is None:
        return
    limit, review_hours, counted_from = counts_in(former, 3)
    said = (
        f"Break-glass may be used {terms.limit} times in 30 days now ({limit} before), and has to be reviewed within "
        f"{terms.review_hours} hours ({review_hours} before)."
    )
    if terms.counted_from > counted_from:
        said += f" The {terms.counted_from - counted_from} latest uses are forgiven, reviewed or not."
    is_looser = terms.limit > limit or terms.review_hours > review_hours or terms.counted_from > counted_from
    pen.tell(Kind.POLICY, "ledger", said, RUNG if is_looser else QUIET, occasion=nth)


def _terms_text(terms: BypassTerms) -> str:
    return counts_text((terms.limit, terms.review_hours, terms.counted_from))


def _record_in(word: int) -> BypassRecord | None:
    try:
        return BypassRecord.unpack(word)
    except NumberOutOfRange:
        return None
