"""What the screens may ask for, as functions that the front door hands over. Each takes its time, and may raise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

if TYPE_CHECKING:
    from verifier.desk.actions import Action
    from verifier.desk.briefing import Briefing
    from verifier.desk.group_saying import GroupAtHand, GroupWord
    from verifier.desk.proposing import Draft
    from verifier.desk.signing import Signing
    from verifier.desk.survey import Survey
    from verifier.desk.watching import WatchReport
    from verifier.model.address import Address
    from verifier.model.ceremony import Ceremony
    from verifier.model.episodes import Telling, WatchedLog
    from verifier.model.group_request import Purpose
    from verifier.model.message import MessageKind
    from verifier.model.operation import Call
    from verifier.model.reading import Bypass
    from verifier.model.text import Shown
    from verifier.model.units import Timestamp
    from verifier.model.written_call import WrittenCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """What makes operations of calls that a person wrote."""

    # From a file of this name, to one that does not exist yet, and into bytes.
    read: Callable[[str], tuple[WrittenCall, ...]]
    write: Callable[[str, Sequence[WrittenCall]], Shown]
    encode: Callable[[Sequence[WrittenCall]], tuple[Call, ...]]
    # Reads the vault, and returns what everybody would be shown.
    draft: Callable[[Sequence[Call]], Draft]
    # Publishes it, with what was typed for its dangers; None where there is no key.
    propose: Callable[[Draft, Sequence[str]], Shown] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What can be asked about whoever watches the vault. Nothing of it asks an endpoint."""

    look: Callable[[], WatchReport]
    # By the name of an episode: whom it was told.
    tellings: Callable[[str], tuple[Telling, ...]]
    # Of a number, in whose name; says what became of it.
    acknowledge: Callable[[int, str], Shown]
    # In whose name, unless one says otherwise.
    own_name: Callable[[], Shown]
    # Looks at the whole audit log, and tells the number of each record.
    verify: Callable[[Callable[[int], object]], WatchedLog]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForGroup:
    """What a person can have a group say, whose coordinator's folder is here."""

    group: GroupAtHand
    # Where the folder is.
    folder: Shown
    # Reads the vault anew, asks the holders for what was read, and returns what they signed. It tells how the ceremony
    # stands, and asks whether it is called off. It takes as long as persons take, and is called in a thread of its own.
    convene: Callable[[Purpose, Briefing, Callable[[Ceremony], object], Callable[[], bool]], GroupWord]
    # Writes it to a file beside which none is replaced, and says where that is.
    keep: Callable[[GroupWord], Shown]
    # Sends it with the person's own key, and says what became of it; None where there is no key. It may ask for what
    # opens that, on the plain terminal.
    send: Callable[[GroupWord], Shown] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A vault, seen from its signer's place."""

    # What the signer calls it; empty where it is not pinned.
    name: str
    # Who is asked, for the case that it takes long.
    hosts: Sequence[str]
    now: Callable[[], Timestamp]
    brief_queue: Callable[[], Briefing]
    # By the number of the lane.
    brief_lane: Callable[[int], Briefing]
    survey: Callable[[], Survey]
    # Reads a lane anew, and says what would be signed. None where there is no key: then nothing can be signed or sent.
    open_signing: Callable[[int, MessageKind, Briefing], Signing] | None = None
    # Signs with what was typed for its dangers, and says what became of it. It may ask for what opens the key, on the
    # plain terminal.
    finish_signing: Callable[[Signing, Sequence[str]], Shown] | None = None
    # Sends a transaction of the signer's own that does an action for what was read, with what was typed for its
    # dangers, and says what became of it. It may ask as well.
    send: Callable[[Briefing, Action, Sequence[str]], Shown] | None = None
    # Sends what suspends the member at an address; or, where that is true, lets its suspension lapse. It reads the
    # vault anew first.
    suspend: Callable[[Address, bool], Shown] | None = None
    # Returns the hash of the file of this name, or the one that the text is.
    hash_findings: Callable[[str], bytes] | None = None
    # Sends the review of a use of break-glass: which number, as it was read, the hash, and whether it was justified.
    review: Callable[[int, Bypass, bytes, bool], Shown] | None = None
    # Makes operations; None where there is no network to publish them.
    drafting: Drafting | None = None
    # What a group says; None where no coordinator's folder was named.
    for_group: ForGroup | None = None
    # Why the one of the configuration cannot be asked; empty where it can, or none is named there.
    why_no_group: str = ""
    # Who watches the vault; None where nothing but a file is looked at.
    watching: Watching | None = None
    # Seconds between two looks.
    every: float = 12
    # Whether anything but looking is possible: not on a wall display.
    may_act: bool = True


def _nothing(*_: object) -> NoReturn:
    raise AssertionError("nothing is open yet")


def nothing_yet() -> Source:
    """Return what there is to be asked before the vault is opened: nothing."""
    return Source(
        name="",
        hosts=(),
        now=lambda: cast("Timestamp", 0),
        brief_queue=_nothing,
        brief_lane=_nothing,
        survey=_nothing,
        may_act=False,
    )
