"""What a person has their group say of an operation: asked, confirmed, watched, and then sent or kept as a file.

It can never be taken for the person's own word: every sheet says whose signature it is, of which seat, and how many of
the group's holders sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from verifier.desk.group_asking import explain_operation
from verifier.desk.group_saying import KINDS, OFFERS, GroupAtHand, doubt_of, title_of, why_not
from verifier.desk.signing import acknowledgements_for
from verifier.model.group_request import Purpose
from verifier.tui.acting import outside
from verifier.tui.asking import sentence_of
from verifier.tui.ceremony_screen import CeremonyScreen
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.convening import CeremonyNews, Convening
from verifier.tui.deeds import Deed

if TYPE_CHECKING:
    from verifier.desk.briefing import Briefing
    from verifier.desk.group_saying import GroupWord
    from verifier.desk.signer import Signer
    from verifier.tui.app import Terminal
    from verifier.tui.known import Known
    from verifier.tui.source import ForGroup

GROUP_KEYS: Final = {
    Purpose.APPROVE: ("A", "Approve"),
    Purpose.VETO: ("V", "Veto"),
    Purpose.WITHDRAW: ("W", "Withdraw"),
    Purpose.EXPEDITE: ("E", "Expedite"),
}
"""The key of each thing that a group says: that of the person's own, with Shift."""

AT_THE_HOLDERS: Final = (
    "But the holders who were asked are told the signature, and whoever has it can send it."
)

_PREFIX: Final = "group-"


def deed_name(purpose: Purpose) -> str:
    """Return what a deed is called on the screen: `group-approve`."""
    return f"{_PREFIX}{purpose.lower()}"


def purpose_of(name: str) -> Purpose | None:
    """Return what a group would say by a deed of this name; None where it is no group's."""
    return next((purpose for purpose in OFFERS if deed_name(purpose) == name), None)


def group_deeds(source: ForGroup, known: Known, briefing: Briefing) -> list[Deed]:
    """Return what the group may be asked to say of an operation."""
    (review,) = briefing.reviews
    busy, group = why_busy(known), source.group
    whose = _whose(group, briefing)
    deeds = []
    for purpose in GROUP_KEYS:
        key, title = GROUP_KEYS[purpose]
        if purpose is Purpose.VETO and review.lane.state.seat_operation:
            title = "Object"
        said = f"Asks the holders for {title_of(purpose, review)}: {whose}. It is not your own."
        deeds.append(
            Deed(
                key=key,
                name=deed_name(purpose),
                title=f"{title} for the group",
                sentence=said,
                why_not=busy or why_not(briefing, purpose, group),
            )
        )
    return deeds


def why_busy(known: Known) -> str:
    """Return why no ceremony can begin now; empty where one can."""
    convening = known.convening
    if convening is None or convening.fault:
        return ""
    if convening.is_running:
        return f"{convening.what} is on its way; g shows it."
    return f"{convening.what} is neither sent nor kept yet; g shows it."


def ask_group(app: Terminal, lane: int, purpose: Purpose) -> None:
    """Bring the group's holders together about an operation that was read whole, after a question."""
    source, briefing = app.source.for_group, app.known.lanes.get(lane)
    if source is None or briefing is None:
        return
    (review,) = briefing.reviews
    title = title_of(purpose, review)
    is_going_on = purpose in KINDS
    state = review.lane.state
    follows = explain_operation(purpose, review.lane.lane, is_seat_operation=bool(state.seat_operation))
    # What an operation does may be said in so many words that whatever stands below them is out of sight.
    said = [
        f"It would be the signature of {_whose(source.group, briefing)}. {_not_your_own(briefing.signer)}",
        *follows,
        doubt_of(briefing, purpose, source.group),
        "Each holder is sent the whole operation, reads the vault itself, and decides for itself.",
        f"Operation {state.sequence} of lane {review.lane.lane}: {review.sentence}",
    ]
    dangers = acknowledgements_for((*review.findings, *briefing.findings)) if is_going_on else ()
    question = ConfirmScreen(
        f"Ask the holders for {title}?", [*filter(None, said)], dangers, yes="Ask the holders"
    )

    def answered(is_yes: bool | None) -> None:
        if not is_yes:
            return
        if why := why_busy(app.known):
            app.say(why, severity="warning")
            return
        convening = Convening(title=title, lane=lane, purpose=purpose, seen=briefing)
        app.known.convening = convening
        convening.start(app, lambda watch, is_off: source.convene(purpose, briefing, watch, is_off))
        app.push_screen(CeremonyScreen())
        _refresh(app)

    _ask_once(app, question, answered)


def take_news(app: Terminal, news: CeremonyNews) -> None:
    """Show what has become of the ceremony, wherever its reader is."""
    convening = news.convening
    if app.known.convening is not convening:
        return
    was_running = convening.is_running
    convening.take()
    if was_running and convening.fault:
        app.say(convening.fault, severity="error")
    elif was_running and convening.word is not None:
        _say_signed(app, convening, convening.word)
        app.read_again()
    _refresh(app)


def _say_signed(app: Terminal, convening: Convening, word: GroupWord) -> None:
    said, is_odd = "It is signed: send it, or keep it.", bool(word.in_vain or convening.is_called_off)
    if convening.is_called_off:
        said = "It was signed all the same, before it could be called off."
    if word.in_vain:
        said = f"It is signed, in vain: {word.in_vain}"
    app.say(f"{convening.what}: {said}", severity="warning" if is_odd else "information")


def show_ceremony(app: Terminal) -> None:
    """Show the ceremony whole, unless it is on the screen."""
    if app.known.convening is not None and not isinstance(app.screen, CeremonyScreen):
        app.push_screen(CeremonyScreen())


def forget_ceremony(app: Terminal) -> None:
    """Have no ceremony any more: it is over, and whatever came of it is sent, kept or not wanted."""
    app.known.convening = None
    for each in app.screen_stack:
        if isinstance(each, CeremonyScreen):
            each.dismiss()
    _refresh(app)


def ask_to_call_off(app: Terminal, convening: Convening) -> None:
    """Call the ceremony off, after a question."""
    said = [
        "Nothing is signed then, and the vault hears nothing.",
        "If enough holders have signed by the time that it ends, that is said.",
        "Holders who have answered already have to be asked again, should you want it after all.",
    ]

    def answered(is_yes: bool | None) -> None:
        if is_yes:
            convening.call_off()
            _refresh(app)

    question = ConfirmScreen(f"Call off {convening.title}?", said, yes="Call it off")
    _ask_once(app, question, answered)


def ask_to_send(app: Terminal, convening: Convening) -> None:
    """Send what the group signed, with the person's own key, after a question."""
    source, word = app.source.for_group, convening.word
    if source is None or word is None or source.send is None:
        return
    send = source.send
    said = [
        f"It is the signature of {_whose(word.group, word.briefing)}. {_not_your_own(word.briefing.signer)}",
        "You only send it: from your own account, with your own key, and you pay for it.",
        word.review.sentence,
    ]

    def answered(is_yes: bool | None) -> None:
        if is_yes and outside(app, lambda: send(word)) is None:
            forget_ceremony(app)
            app.read_again()

    _ask_once(app, ConfirmScreen(f"Send {convening.title}?", said, yes="Send it"), answered)


def keep(app: Terminal, convening: Convening) -> None:
    """Keep what the group signed as a file that anybody may submit."""
    source, word = app.source.for_group, convening.word
    if source is None or word is None:
        return
    try:
        said = source.keep(word)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the reader has to be told
        app.say(sentence_of(fault), severity="error")
        return
    app.say(said)
    forget_ceremony(app)


def ask_to_drop(app: Terminal, convening: Convening) -> None:
    """Forget what the group signed, after a question."""
    said = [f"It is neither sent nor kept here. {AT_THE_HOLDERS}"]

    def answered(is_yes: bool | None) -> None:
        if is_yes:
            forget_ceremony(app)

    _ask_once(app, ConfirmScreen(f"Drop {convening.title}?", said, yes="Drop it"), answered)


def ask_to_leave(app: Terminal) -> None:
    """Leave the terminal; where a ceremony or a signature would be lost by that, after a question."""
    convening = app.known.convening
    if convening is None or convening.fault:
        app.exit()
        return
    said = "Leaving calls it off: nothing is signed then, and the vault hears nothing."
    if convening.word is not None:
        said = f"It is signed, and neither sent nor kept. Leaving drops it here. {AT_THE_HOLDERS}"
    question = ConfirmScreen("Leave all the same?", [f"{convening.what} is not done.", said], yes="Leave")

    def answered(is_yes: bool | None) -> None:
        if is_yes:
            convening.call_off()
            app.exit()

    _ask_once(app, question, answered)


def _ask_once(app: Terminal, question: ConfirmScreen, answered: Callable[[bool | None], None]) -> None:
    stack: Sequence[object] = app.screen_stack
    if not any(isinstance(each, ConfirmScreen) and each.question == question.question for each in stack):
        app.push_screen(question, answered)


def _whose(group: GroupAtHand, briefing: Briefing) -> str:
    """Return whose signature it is: `the group "owls" (2 of its 3 holders sign), seat 5`."""
    member = group.member(briefing.reading)
    return f"{group.describe()}, seat {member.record.seat}" if member else str(group.describe())


def _not_your_own(signer: Signer) -> str:
    seat = "you have no seat" if signer.seat is None else f"your seat is {signer.seat}"
    return f"It is not your own word: {seat}."


def _refresh(app: Terminal) -> None:
    """Show it everywhere: in the line at the top, on its own screen, and in what can be done."""
    app.refresh_ceremony()
