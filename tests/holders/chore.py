"""Killing one process at a step of what it does alone, running it again, and going on to a signature.

with doing(CHORES["card"], folder, seed=7) as game:
    steps = game.count()
    game.play({DESK: steps[DESK][3]})
    game.play({DESK: CUT + steps[DESK][3]})       with all that no `fsync` had put on the disk
    game.play({DESK: CUT + ENDED})                the power goes once it has said that it is done
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.holders.ceremonies import signature_of, signing
from tests.holders.company import Company
from tests.holders.forked import Forked, Forker, forking
from tests.holders.killing import DESK
from tests.holders.ledger import Ledger, check_records, require_whole
from tests.holders.wholes import require_no_halves
from verifier.frost.curve import Point
from verifier.frost.rfc9591 import is_signed

ENDED: Final = "ended after 1"
_STAYS: Final = "Ctrl-C stops"
_SPOKEN: Final = "fourth-signer: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One kind of thing that is done."""

    name: str
    prepare: Callable[[Path], Company]
    arguments: Callable[[Company], list[str]]
    # Goes on once it was run again, and holds what is there against what must be.
    finish: Callable[[ChoreGame], None]
    # What its second run may say, where the first one had done it. Empty: it is done again.
    again: tuple[str, ...] = ()
    # A file that is there once it is done; None where its second run says so.
    leaves: Callable[[Company], Path] | None = None
    # Whether it is a holder, who is there until stopped.
    stays: bool = False
    # Who is there meanwhile.
    holders: tuple[int, ...] = ()
    # Undoes at the end what is done elsewhere.
    apart: Callable[[Company], AbstractContextManager[None]] = lambda _: nullcontext()


@dataclass(slots=True)
class ChoreGame:
    """A company that is put back after each kill to what it was before."""

    chore: Chore
    company: Company
    kept: Path
    forker: Forker
    dice: random.Random
    ledger: Ledger = field(default_factory=Ledger)

    def count(self) -> dict[int, list[str]]:
        """Return the steps of an undisturbed run."""
        self._put_back()
        with self.chore.apart(self.company):
            ran = self._run(is_traced=True)
            assert self._is_done(ran), ran.text
            ran.kill()
            self.forker.kill_all()
        return {DESK: [*ran.trace, ENDED]}

    def play(self, ends: Mapping[int, str]) -> list[str]:
        """Run it, end it at its step, and hold everything against what must be.

        :return: the name of the step at which it ended; nothing where that was never reached
        :raises AssertionError: something is that must not be.
        """
        self._put_back()
        with self.chore.apart(self.company):
            ran = self._run(at=ends[DESK])
            is_done = self._is_done(ran)
            ran.kill()
            self.forker.kill_all()
            require_no_halves(self.company.path)
            if is_done and self.chore.leaves is not None:
                assert self.chore.leaves(self.company).exists(), "what it said to be done was not there"
            self._run_again(is_done=is_done)
            self.chore.finish(self)
            check_records(self.company, self.ledger, ())
            self.forker.kill_all()
            require_no_halves(self.company.path)
            require_whole(self.company, self.company.group.point)
        if is_done:
            return [ENDED] if ends[DESK].endswith(ENDED) else []
        return [ran.trace[-2]]

    def must(self, *arguments: str) -> Forked:
        """Run something of the coordinator's that has to end well."""
        ran = self.forker.run(arguments)
        assert ran.wait(), ran.text
        assert ran.code == 0, ran.text
        return ran

    def sign(self, words: str) -> None:
        """Let the group sign words with whoever is there, and verify the signature."""
        self.must(*signing(self.company, words))
        digest, point = hashlib.sha256(words.encode()).digest(), self.company.group.point
        assert point is not None
        assert is_signed(Point(point), digest, signature_of(self.company).read_bytes())

    def _run(self, *, at: str = "", is_traced: bool = False) -> Forked:
        """Run it until it is over, or there."""
        for index in self.chore.holders:
            self.forker.start(index)
        ran = self.forker.run(self.chore.arguments(self.company), at=at, is_traced=is_traced)
        if self.chore.stays:
            ran.look_for(_STAYS)
        else:
            assert ran.wait(), ran.text
        return ran

    def _is_done(self, ran: Forked) -> bool:
        """Whether it came to its end, by what it said; or it was killed before that.

        :raises AssertionError: it ended with an error.
        """
        if ran.trace[-1:] == ["killed"]:
            return False
        if self.chore.stays:
            assert _STAYS in ran.text, ran.text
        else:
            assert ran.code == 0, ran.text
        return True

    def _run_again(self, *, is_done: bool) -> None:
        """Run it twice more: by then it is done, and at most one sentence says that it was."""
        refused = [self._is_refused(), self._is_refused()]
        assert refused[1] == bool(self.chore.again), "what is done was done again, or the other way round"
        assert refused[0] or not (is_done and self.chore.again), "what it said to be done was not there"

    def _is_refused(self) -> bool:
        """Run it again, and return whether it said that it was done already."""
        ran = self._run()
        is_there = self.chore.stays and not ran.is_over
        ran.kill()
        self.forker.kill_all()
        if is_there or ran.code == 0:
            return False
        said = [line for line in ran.text.splitlines() if line.startswith(_SPOKEN)]
        assert len(said) == 1, ran.text
        assert said[0] == ran.text.splitlines()[-1], ran.text
        assert any(word in said[0] for word in self.chore.again), ran.text
        return True

    def _put_back(self) -> None:
        self.forker.kill_all()
        shutil.rmtree(self.company.path)
        shutil.copytree(self.kept, self.company.path)


@contextmanager
def doing(chore: Chore, folder: Path, *, seed: int, fault: str = "") -> Iterator[ChoreGame]:
    """Prepare a company for one kind of chore.

    :param fault: what is put into all its processes on purpose
    """
    company = chore.prepare(folder / "company")
    shutil.copytree(company.path, folder / "kept")
    with forking(company, fault) as forker:
        # It decides when, and nothing that is secret.
        dice = random.Random(seed)  # noqa: S311
        yield ChoreGame(chore=chore, company=company, kept=folder / "kept", forker=forker, dice=dice)
