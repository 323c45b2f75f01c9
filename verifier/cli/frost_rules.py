"""A holder's rules while it runs: as they stood when its person started it, until they are started anew.

Whoever can write a holder's folder can write its rules. So they are said at the start, recorded with every decision by
their hash, and a file that is another one while the holder runs allows nothing: whether it was made looser or stricter,
everything is asked, or refused where the rules at the start refuse. A restart takes it over, and a restart takes the
passphrase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from verifier.decode.content import UnfitError
from verifier.holder.ports import Recorder
from verifier.model.holder_rules import NO_RULES, HolderRules
from verifier.model.text import Shown, sanitise
from verifier.pages.holder_rules import rule_sentences
from verifier.store.books import read_bounded
from verifier.store.holder_rules import MOST_BYTES, read_rules_with_content

_NONE: Final = "none"
_UNREADABLE: Final = "unreadable"


class KeptRules:
    """The rules in one holder's folder."""

    def __init__(
        self, path: Path, recorder: Recorder, tell: Callable[[str], object], *, before: Mapping[str, object]
    ) -> None:
        """Take them over, and say what they are.

        :param before: the last record about rules, of an earlier run
        :raises HolderRulesMalformed: they cannot be read.
        """
        self._path, self._recorder, self._tell = path, recorder, tell
        # Of the same bytes: whoever writes here must not have one file counted and another one recorded.
        self._rules, content = read_rules_with_content(path)
        self._started = self._seen = _NONE if content is None else hashlib.sha256(content).hexdigest()
        self._before = str(before.get("sha256", ""))
        recorder.note("rules", {"sha256": self._started})
        for said in self.describe():
            tell(said)

    @property
    def at_start(self) -> HolderRules:
        return self._rules

    def now(self, session: bytes) -> HolderRules:
        """Return the rules for a decision in some session, and record which they are."""
        found = _hash_of(self._path)
        self._recorder.note("rules", {"session": "0x" + session.hex(), "sha256": found})
        if found != self._seen:
            self._tell(self._changed(found))
        self._seen = found
        if found == self._started:
            return self._rules
        return replace(NO_RULES, otherwise=self._rules.otherwise)

    def describe(self) -> tuple[Shown, ...]:
        """Return what counts at this moment, a sentence each. Nothing is recorded for it."""
        found = _hash_of(self._path)
        if found == self._started:
            return self._headline(), *rule_sentences(self._rules)
        allowed = replace(NO_RULES, otherwise=self._rules.otherwise)
        return self._changed(found), *rule_sentences(allowed)

    def _headline(self) -> Shown:
        before, named = self._before, _shown(self._started)
        if not before or before == self._started:
            return Shown(f"The rules of this holder, {named}:")
        return Shown(f"THE RULES OF THIS HOLDER ARE OTHER ONES than when it ran last, {named}. Read them:")

    def _changed(self, found: str) -> Shown:
        if found == self._started:
            return Shown("The rules of this holder are again what they were at its start, and count again.")
        return Shown(
            f"THE RULES OF THIS HOLDER WERE CHANGED while it runs: {_shown(found)}. From now on they allow nothing. "
            "If it was you, start the holder anew. If not, somebody else writes here: stop it, and tell the others."
        )


def _hash_of(path: Path) -> str:
    """Return SHA-256 of what stands there, in hex, or that there is nothing."""
    if not path.exists():
        return _NONE
    try:
        return hashlib.sha256(read_bounded(path, MOST_BYTES)).hexdigest()
    except UnfitError:
        return _UNREADABLE


def _shown(found: str) -> Shown:
    if found == _NONE:
        return Shown("of which there is no file")
    if found == _UNREADABLE:
        return Shown("which cannot be read")
    return sanitise(f"SHA-256 {' '.join(found[at : at + 4] for at in range(0, 16, 4))}")
