"""From what was read back to what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.story.chronicle import Entry, Refusal, Step
from tests.story.lettering import short_moment
from tests.story.near_miss import Clock, Deed, Mark, NearMiss, Part
from tests.story.telling import Teller, count, headline, role_of
from verifier.decode.calls import show_value
from verifier.desk.review import Review
from verifier.model.address import Address
from verifier.model.call import Argument, DecodedCall
from verifier.model.life import Status
from verifier.model.text import show_bytes
from verifier.model.units import Timestamp


def draw_from(
    entries: Sequence[Entry],
    review: Review,
    teller: Teller,
    *,
    reader: Address,
    said: str,
    said_by: Address,
) -> NearMiss:
    """Return the picture of one operation's life.

    :param entries: everything that happened to the vault
    :param review: the operation as its reader was shown it
    :param said: what colleagues heard over chat: the one thing here that no chain says
    """
    steps = [e for e in entries if isinstance(e, Step) and e.operation_id == review.lane.operation_id]
    read = Mark(
        moment=teller.reading.head.timestamp,
        who=teller.name(reader),
        deed=Deed.READ,
        words=f"reads the bytes, {short_moment(teller.reading.head.timestamp)}",
    )
    marks = [read, *(mark for entry in entries for mark in _marks(entry, review, teller))]
    signed = sum(mark.deed is Deed.SIGNED for mark in marks)
    vetoed = sum(mark.deed is Deed.VETOED for mark in marks)
    members = teller.reading.members.value.values()
    return NearMiss(
        title=f"{headline(review)}, {_times(signed, 'signature')}, {_times(vetoed, 'veto')}",
        source=(
            f"Vault {teller.reading.vault} on chain {teller.reading.head.chain_id}",
            f"Operation {show_bytes(review.lane.operation_id)}",
            "Every mark, time and byte was read back from the chain.",
        ),
        heard=said,
        heard_from=teller.name(said_by),
        said=review.sentence,
        parts=tuple(part for call in review.calls for part in _parts(call, review)),
        clock=_clock(steps),
        marks=tuple(marks),
        roles={teller.name(member.address): role_of(member) for member in members},
    )


def _times(number: int, thing: str) -> str:
    return f"{count(number)} {thing}{'' if number == 1 else 's'}"


def _clock(steps: Sequence[Step]) -> Clock | None:
    started = next((step for step in steps if step.state.status is Status.WAITING), None)
    if started is None:
        return None
    stopped = next((step.moment for step in steps if step.state.status is Status.VETOED), None)
    return Clock(begins=started.moment, ends=started.state.moment, stopped=stopped)


def _marks(entry: Entry, review: Review, teller: Teller) -> Iterator[Mark]:
    match entry:
        case Step() if entry.operation_id == review.lane.operation_id:
            yield from _marks_of_step(entry, teller)
        case Refusal() if _is_about(entry, review):
            what = teller.name_attempt(entry)
            yield _mark(entry.moment, teller.name(entry.by), Deed.REFUSED, f"{what} refused")


def _marks_of_step(step: Step, teller: Teller) -> Iterator[Mark]:
    who = teller.name(step.by)
    match step.event:
        case "Proposed":
            yield _mark(step.moment, who, Deed.PUBLISHED, "publishes")
        case "Vetoed":
            yield _mark(step.moment, who, Deed.VETOED, "vetoes")
        case "Executed":
            yield _mark(step.moment, who, Deed.EXECUTED, "executes")
        case _:
            pass
    for signer in step.signers.values():
        yield _mark(step.moment, teller.name(signer), Deed.SIGNED, "signs")


def _mark(moment: Timestamp, who: str, deed: Deed, words: str) -> Mark:
    return Mark(moment=moment, who=who, deed=deed, words=f"{words}, {short_moment(moment)}")


def _is_about(refusal: Refusal, review: Review) -> bool:
    """Whether a refused transaction named this operation."""
    if "id" in refusal.arguments:
        return bool(refusal.arguments["id"] == review.lane.operation_id)
    if "operation" not in refusal.arguments:
        return False
    _, lane, sequence, _ = refusal.arguments["operation"]
    return bool((lane, sequence) == (review.lane.lane, review.lane.state.sequence))


def _parts(call: DecodedCall, review: Review) -> Iterator[Part]:
    target = review.lexicon.name(call.call.target)
    yield Part(data=call.selector, name="", meaning=f"{call.function or 'calls'} of {target}")
    if not call.arguments:
        yield from (Part(data=word, name="", meaning="nothing here can name it") for word in call.words)
    for argument in call.arguments:
        meaning = _meaning(argument, call, review)
        yield Part(data=argument.where.of(call.call.data), name=argument.name, meaning=meaning)


def _meaning(argument: Argument, call: DecodedCall, review: Review) -> str:
    if argument.name == "amount" and isinstance(argument.value, int):
        return review.lexicon.amount(call.call.target, argument.value)
    return show_value(argument.value, review.lexicon)
