"""From what was read back to what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.story.chronicle import Entry, Refusal, Step
from tests.story.lettering import short_moment
from tests.story.near_miss import Clock, Deed, Mark, NearMiss, Part, Person, Round, Stall, Stance
from tests.story.telling import Teller, count, headline, is_stalled, role_of
from tests.story.whereabouts import Atlas, say_apart, say_shared
from verifier.assess.quorum import asks_for_segregation
from verifier.assess.segregation import Shortfall
from verifier.decode.calls import show_value
from verifier.desk.review import Review
from verifier.model.address import Address
from verifier.model.call import Argument, DecodedCall
from verifier.model.life import Status
from verifier.model.member import Attributes
from verifier.model.text import Shown, show_bytes
from verifier.model.units import MemberIndex, Timestamp


def draw_from(
    entries: Sequence[Entry],
    review: Review,
    teller: Teller,
    *,
    reader: Address,
    atlas: Atlas,
    said: str,
    said_by: Address,
) -> NearMiss:
    """Return the picture of one operation's life.

    :param entries: everything that happened to the vault
    :param review: the operation as its reader was shown it
    :param atlas: the reader's names for places and employers
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
            "Every mark, time, place and byte was read back from the chain; what they are called is the reader's own.",
        ),
        heard=said,
        heard_from=teller.name(said_by),
        said=review.sentence,
        parts=tuple(part for call in review.calls for part in _parts(call, review)),
        clock=_clock(steps),
        stall=_stall(steps, teller),
        people=tuple(_people(steps, teller, atlas, frozenset(mark.who for mark in marks))),
        rounds=tuple(_rounds(steps, teller, atlas)),
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


def _stall(steps: Sequence[Step], teller: Teller) -> Stall | None:
    stalled = _first_stalled(steps, teller)
    if stalled is None:
        return None
    terms = teller.reading.tiers.value[stalled.state.tier]
    given = count(len(stalled.state.approvals)).capitalize()
    return Stall(
        moment=stalled.moment,
        would_end=Timestamp(stalled.moment + terms.delay),
        words=f"{given} approvals, no {count(terms.quorum)} of them apart: the clock does not start.",
    )


def _first_stalled(steps: Sequence[Step], teller: Teller) -> Step | None:
    return next((step for step in steps if is_stalled(step, teller.reading)), None)


def _named(steps: Sequence[Step], teller: Teller) -> Step | None:
    """Return the step that named a segregated quorum."""
    return next(
        (
            step
            for step in steps
            if step.state.status is Status.WAITING
            and asks_for_segregation(step.state, teller.reading.tiers.value)
        ),
        None,
    )


def _people(steps: Sequence[Step], teller: Teller, atlas: Atlas, acting: frozenset[str]) -> Iterator[Person]:
    """Yield who acted, and where they are, where the quorum has to be segregated."""
    named = _named(steps, teller)
    if named is None and _first_stalled(steps, teller) is None:
        return
    counted = named.state.approvals if named else frozenset()
    signed = {seat for step in steps for seat in step.signers}
    for seat, member in teller.reading.members.value.items():
        if teller.name(member.address) in acting:
            attributes = member.record.attributes
            others = Stance.LEFT_OUT if seat in signed else Stance.OTHER
            yield Person(
                name=teller.name(member.address),
                where=atlas.where(attributes),
                offset=attributes.utc_offset,
                stance=Stance.COUNTED if seat in counted else others,
            )


def _rounds(steps: Sequence[Step], teller: Teller, atlas: Atlas) -> Iterator[Round]:
    stalled, named = _first_stalled(steps, teller), _named(steps, teller)
    found = teller.find_apart(stalled) if stalled else ()
    if stalled and isinstance(found, Shortfall):
        names, members = _signers_of(stalled, teller)
        yield Round(
            title=f"{short_moment(stalled.moment)}: no quorum",
            is_quorum=False,
            reasons=tuple(
                f"{names[seat]} {say_shared(seat, members, found.clashes, names, atlas)}" for seat in members
            ),
        )
    if named:
        names, members = _signers_of(named, teller)
        yield Round(
            title=f"{short_moment(named.moment)}: a quorum",
            is_quorum=True,
            reasons=tuple(f"{pair}: {apart}" for pair, apart in say_apart(members, names)),
        )


def _signers_of(step: Step, teller: Teller) -> tuple[dict[MemberIndex, Shown], dict[MemberIndex, Attributes]]:
    """Return names and attributes of all whose approval was recorded after a step."""
    seats = sorted(step.state.approvals)
    members = teller.reading.members.value
    return dict(zip(seats, teller.seated(seats), strict=True)), {
        seat: members[seat].record.attributes for seat in seats
    }


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
