"""A ceremony in words: a row for each holder, and the whole of it in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.model.ceremony import Attendance, Ceremony, Turnout
from verifier.model.text import Shown

SHAPES: Final = {
    Turnout.NOT_ASKED: "[ ]",
    Turnout.AWAITED: "[.]",
    Turnout.ANSWERED: "[x]",
    Turnout.NOT_NEEDED: "[ ]",
    Turnout.UNREACHABLE: "[?]",
    Turnout.LEFT_OUT: "[-]",
    Turnout.LIED: "[!]",
}
"""What stands before a holder's name: the word stands behind it, and no colour is needed to tell them apart."""

LONGEST_NAME: Final = 14
"""Characters of a name in one line; the holder's number stands before it, whole."""

# What the messages of a signing come to, for whoever waits for it.
_IN_PLAIN_WORDS: Final = {
    "commitment": Shown("ready to sign"),
    "signature share": Shown("has signed its part"),
}

# What was told then is no reason for it.
_OPEN: Final = frozenset({Turnout.AWAITED, Turnout.NOT_NEEDED})
_SHORT_NAME: Final = 8
_LONGEST_WHY: Final = 30
_CUT: Final = ".."


def holder_name(one: Attendance, *, most: int = LONGEST_NAME) -> Shown:
    """Return a holder's number and name, such as `3 Ann`. A long name is cut, the number never."""
    name = _cut(one.name, most)
    return Shown(f"{one.index} {name}" if name else f"{one.index}")


def state_of(one: Attendance) -> Shown:
    """Return how it stands with a holder: `left out: declined`."""
    if not one.told:
        return Shown(one.turnout.value)
    lead = f"{one.turnout.value}; before that" if one.turnout in _OPEN else one.turnout.value
    return Shown(f"{lead}: {_IN_PLAIN_WORDS.get(one.told, one.told)}")


def count_of(ceremony: Ceremony) -> Shown:
    """Return how many have answered: `2 of 3 answered`."""
    count = len(ceremony.in_state(Turnout.ANSWERED))
    return Shown(f"{count} answered" if ceremony.needed is None else f"{count} of {ceremony.needed} answered")


def ceremony_line(ceremony: Ceremony, width: int) -> Shown:
    """Return how a ceremony stands in one line of at most this width, as much of it as fits.

    `The group's approval of lane 12: 2 of 3 answered, awaited 2 Bob, 4 Dot; 3 Cid left out: declined`
    """
    what = _capital(ceremony.what)
    if ceremony.is_over:
        said = _capital(ceremony.ended)
        if not ceremony.is_done:
            said = Shown(f"{what} FAILED: {ceremony.ended}")
        elif not said.startswith(what):
            said = Shown(f"{what}: {ceremony.ended}")
        return _cut(said, width)
    forms = [f"{what}: {form}" for form in _forms(ceremony)]
    return _cut(Shown(next((form for form in forms if len(form) <= width), forms[-1])), width)


def _forms(ceremony: Ceremony) -> Iterator[str]:
    """Yield how it stands, in fewer and fewer words."""
    count = count_of(ceremony)
    awaited = ceremony.in_state(Turnout.AWAITED)
    away = ceremony.in_state(Turnout.UNREACHABLE)
    out = ceremony.in_state(Turnout.LEFT_OUT, Turnout.LIED)
    waits = [f"awaited {_named(awaited)}"] if awaited else []
    unreached = [f"{holder_name(one)} cannot be reached" for one in away]
    for longest in (_LONGEST_WHY, 0):
        gone = [_gone(one, longest) for one in out]
        yield "; ".join([", ".join([count, *waits]), *unreached, *gone])
    groups = (("awaited", awaited), ("away", away), ("out", out))
    for naming in (lambda one: holder_name(one, most=_SHORT_NAME), lambda one: str(one.index)):
        yield "; ".join([count, *(f"{word} {', '.join(map(naming, some))}" for word, some in groups if some)])
    yield ", ".join([count, *(f"{len(some)} {word}" for word, some in groups if some)])


def _gone(one: Attendance, longest: int) -> str:
    why = f": {_closed(_cut(one.told, longest))}" if longest and one.told else ""
    return f"{holder_name(one)} {one.turnout.value}{why}"


def _named(some: Sequence[Attendance]) -> str:
    return ", ".join(holder_name(one) for one in some)


def _cut(text: Shown, most: int) -> Shown:
    return text if len(text) <= most else Shown(text[: max(most - len(_CUT), 0)].rstrip() + _CUT)


def _closed(text: Shown) -> Shown:
    """Return a cut text with the end of what somebody said: what follows is ours again."""
    return Shown(f'{text}"') if text.count('"') % 2 else text


def _capital(words: Shown) -> Shown:
    return Shown(words[:1].upper() + words[1:])
