"""Duties and trading strategies, as the companions' events tell them: nobody reads their storage here."""

from __future__ import annotations

from typing import Final

from verifier.assess.happenings.pen import NOTED, RUNG, Pen, Ring
from verifier.assess.happenings.said import account_in, bytes_in, number_in, numbers_in
from verifier.assess.happenings.texts import counts_in, counts_text
from verifier.assess.happenings.texts import number_in as number_of
from verifier.errors.duties import show_duties
from verifier.model.address import Address
from verifier.model.event import VaultEvent
from verifier.model.text import show_bytes, show_moment
from verifier.model.watching import Kind

DUTY_EVENTS: Final = frozenset({"DutiesChanged", "ConflictsChanged"})
STRATEGY_EVENTS: Final = frozenset({"TermsChanged", "VenueChanged", "GuardChanged", "SuspensionChanged"})

_ASK: Final = "If you do not know why, ask the other members."
_UNTIL_RESUMED: Final = (1 << 40) - 1


def hear_duty(pen: Pen, event: VaultEvent) -> None:
    """Take an event of the register of duties.

    :raises UnreadableError: it does not say what its name promises.
    """
    if event.name == "ConflictsChanged":
        _put_conflicts(pen, number_in(event, "duty"), number_in(event, "conflicts"))
        return
    person, duties, by = number_in(event, "person"), number_in(event, "duties"), account_in(event, "by")
    subject = f"duty/{person}"
    former = number_of(pen.value(subject)) or 0
    nth = pen.put(subject, f"{duties:x}")
    if nth is None:
        return
    gained, lost = duties & ~former, former & ~duties
    parts = [f"has the duty {show_duties(gained)} now"] if gained else []
    parts += [f"has the duty {show_duties(lost)} no more"] if lost else []
    whose = "an operation" if by == pen.vault else pen.name(by)
    said = f"Person {person} {' and '.join(parts)}, by {whose}. {_ASK}"
    pen.tell(Kind.DUTY, subject, said, NOTED, occasion=nth)


def _put_conflicts(pen: Pen, duty: int, conflicts: int) -> None:
    former = number_of(pen.value("conflicts")) or 0
    nth = pen.put("conflicts", f"{conflicts:x}")
    if nth is None:
        return
    gone = former & ~conflicts
    which = show_duties(duty)
    if gone:
        said = (
            f"Duties that excluded each other do not any more, around {which}: one person may hold both now."
        )
    else:
        said = f"More duties exclude each other now, around {which}."
    pen.tell(Kind.DUTY, "conflicts", f"{said} {_ASK}", RUNG if gone else NOTED, occasion=nth)


def hear_strategy(pen: Pen, event: VaultEvent) -> None:
    """Take an event of the limits of strategies.

    :raises UnreadableError: it does not say what its name promises.
    """
    strategy = bytes_in(event, "strategy")
    subject, which = f"strategy/0x{strategy.hex()}", f"strategy {show_bytes(strategy)}"
    match event.name:
        case "TermsChanged":
            part, text, said, ring = _terms(pen, subject, which, event)
        case "VenueChanged":
            venue, is_allowed = bytes_in(event, "venue"), number_in(event, "isAllowed", most=1)
            part, text, ring = f"venue/0x{venue.hex()}", f"{is_allowed}", NOTED
            said = f"The venue {show_bytes(venue)} is {'allowed' if is_allowed else 'closed'} to {which} now"
        case "GuardChanged":
            guard, is_appointed = account_in(event, "guard"), number_in(event, "isAppointed", most=1)
            part, text, ring = f"guard/{guard}", f"{is_appointed}", NOTED
            said = f"{pen.name(guard)} is {'a' if is_appointed else 'no'} guard of {which} now"
        case _:
            part, text, said, ring = _suspension(pen, which, event)
    nth = pen.put(f"{subject}/{part}", text)
    if nth is not None:
        pen.tell(Kind.STRATEGY, subject, f"{said}. {_ASK}", ring, occasion=f"{part}:{nth}")


def _terms(pen: Pen, subject: str, which: str, event: VaultEvent) -> tuple[str, str, str, Ring]:
    terms, by = numbers_in(event, "terms", 3), account_in(event, "by")
    former = pen.value(f"{subject}/terms")
    position, order, risk = terms
    said = f"{which} has the limits position {position}, order {order}, risk {risk} now"
    if former is None:
        return "terms", counts_text(terms), f"A new {said}", NOTED
    is_more = any(now > was for now, was in zip(terms, counts_in(former, 3), strict=True))
    whose = "an operation" if by == pen.vault else pen.name(by)
    said = f"{said}, {'raised' if is_more else 'tightened'} by {whose}"
    return "terms", counts_text(terms), said[:1].upper() + said[1:], RUNG if is_more else NOTED


def _suspension(pen: Pen, which: str, event: VaultEvent) -> tuple[str, str, str, Ring]:
    guard, until = number_in(event, "guard"), number_in(event, "until")
    if until == 0:
        return "suspension", "0", f"The suspension of {which} ended: it trades again", NOTED
    whose = "the vault" if guard == 0 else _guard(pen, guard)
    till = "it is resumed" if until >= _UNTIL_RESUMED else show_moment(until)
    said = f"{which[:1].upper()}{which[1:]} is stopped by {whose} until {till}"
    return "suspension", f"{guard:x} {until:x}", said, RUNG


def _guard(pen: Pen, guard: int) -> str:
    """Return who a guard is: a guardian by its person, or an appointed account as a number."""
    if guard <= 0xFFFF_FFFF:
        return f"the guardian who is person {guard}"
    return pen.name(Address((guard & (1 << 160) - 1).to_bytes(20, "big")))
