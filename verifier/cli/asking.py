"""Asking the person at the terminal. The answer is No unless they say otherwise; where nobody is, nobody is asked."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

from verifier.desk.signing import Acknowledgement, require_acknowledged
from verifier.errors import NotConfirmed
from verifier.errors.text import sanitise
from verifier.model.text import Shown

_LINE = 1_000
"""Characters of an answer; whoever types more meant something else."""


def is_anybody_there() -> bool:
    """Whether a person can be asked: what they type comes from a terminal, and what is said reaches one."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def say(text: str) -> None:
    """Show lines to the person, beside the command's own output."""
    if sys.stderr is not None:
        sys.stderr.write("\n".join(sanitise(line, most=_LINE) for line in text.splitlines()) + "\n")
        sys.stderr.flush()


def confirm(what: Shown, sentences: Sequence[str], *, is_given: bool) -> None:
    """Return if the person says yes to what is said; or said so beforehand.

    :param what: what would be done, such as `the veto of lane 3`
    :param is_given: whether --yes was given
    :raises NotConfirmed: they say anything else, or nobody is there.
    """
    if is_given:
        return
    if not is_anybody_there():
        raise NotConfirmed(what=what, was_asked=False)
    say("\n".join(sentences))
    if _ask(f"Go on with {what}? [y/N] ").lower() not in ("y", "yes"):
        raise NotConfirmed(what=what, was_asked=True)


def ask_acknowledgements(needed: Sequence[Acknowledgement], given: Collection[str]) -> list[str]:
    """Return what was typed for each danger: beforehand by the names of rules, else now.

    :raises DangerUnread: for one of them nothing fitting was typed, or nobody is there to type.
    """
    typed = list(given)
    if is_anybody_there():
        for each in needed:
            if not any(each.is_given_by(text) for text in typed):
                say(f"DANGER  {each.finding.sentence}")
                typed.append(_ask(f"To go on all the same, type {each.hint}: "))
                require_acknowledged([each], typed[-1:])
    require_acknowledged(needed, typed)
    return typed


def _ask(question: str) -> str:
    """Return a line that was typed; nothing at the end of the input, or where it is no text."""
    sys.stderr.write(sanitise(question, most=_LINE))
    sys.stderr.flush()
    try:
        return sys.stdin.readline(_LINE).strip()
    except UnicodeDecodeError:
        return ""
