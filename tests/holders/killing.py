"""Killing at a step: a ceremony of real processes in which some end by SIGKILL, and what must hold afterwards.

    with playing("refresh", folder, seed=7) as game:
        steps = game.count()                    the steps of an undisturbed run, of each process
        game.play({0: steps[0][3], 2: "fsync sessions before 1"})     the coordinator ends, and holder 2

Afterwards all that run are killed too, all start again, and everything that the coordinator ever sent is delivered
twice, before or after the next ceremonies. Then the group signs, and the next ceremony of the kind is whole.
"""

from __future__ import annotations

import hashlib
import http.client
import random
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.holders.carried_twice import await_epoch, carry
from tests.holders.ceremonies import (
    CEREMONIES,
    FAR,
    LEAVER,
    LOST,
    PATIENCE,
    Ceremony,
    carrying,
    signature_of,
    signing,
)
from tests.holders.company import Company
from tests.holders.forked import Forked, Forker, forking
from tests.holders.ledger import (
    Ledger,
    check_records,
    require_able,
    require_settled,
    require_whole,
    sent_by_desk,
)
from tests.holders.wholes import require_no_halves
from verifier.courier.certificates import make_context
from verifier.courier.parcel import pack_parcel, unpack_parcel
from verifier.frost.curve import Point
from verifier.frost.rfc9591 import is_signed
from verifier.store.group_file import read_group_file
from verifier.store.holder_folder import HolderFolder

DESK: Final = 0
"""The coordinator, among the numbers of holders."""
_QUIET: Final = 0.3
"""Seconds without a word after which a coordinator's patience ends, once somebody is dead. Nothing depends on them."""
_LOOK: Final = 0.02


@dataclass(slots=True)
class Game:
    """A company that is put back after each kill to what it was before."""

    ceremony: Ceremony
    company: Company
    kept: Path
    forker: Forker
    dice: random.Random
    ledger: Ledger = field(default_factory=Ledger)

    def count(self) -> dict[int, list[str]]:
        """Return the steps of each process in an undisturbed run."""
        self._put_back()
        holders = {i: self._start(i, is_traced=True) for i in self.ceremony.holders}
        desk = self.forker.run(self.ceremony.arguments(self.company), is_traced=True)
        assert desk.wait()
        assert desk.code == 0, desk.text
        self.forker.kill_all()
        return {DESK: desk.trace, **{index: holder.trace for index, holder in holders.items()}}

    def play(self, ends: Mapping[int, str], *, without: Collection[int] = ()) -> list[str]:
        """Run the ceremony, end processes at their steps, and hold everything against what must be.

        :param without: holders who are not there before the end
        :return: the names of the steps at which they ended; fewer than asked for where one was never reached
        :raises AssertionError: something is that must not be.
        """
        self._put_back()
        point = self.company.group.point
        present = [i for i in self.ceremony.holders if i not in without]
        holders = {i: self._start(i, at=ends.get(i, "")) for i in present}
        desk = self.forker.run(self.ceremony.arguments(self.company), at=ends.get(DESK, ""))
        self._watch(desk, holders)
        ended = [one.trace[-2] for one in (desk, *holders.values()) if one.trace[-1:] == ["killed"]]
        self.forker.kill_all()
        require_no_halves(self.company.path)
        require_able(self.company)
        self._recover(point or self.company.group.point)
        return ended

    def _watch(self, desk: Forked, holders: Mapping[int, Forked]) -> None:
        """Wait until a ceremony is over, however it ends; some that die are there again at once."""
        dead: set[int] = set()
        length, since = -1, time.monotonic()
        while not desk.wait(_LOOK):
            for index in [i for i, one in holders.items() if i not in dead and one.is_over]:
                dead.add(index)
                if self.dice.random() < 0.4 and index in self._members():
                    self._start(index)
            if len(desk.text) != length:
                length, since = len(desk.text), time.monotonic()
            elif dead and time.monotonic() - since > _QUIET:
                desk.hurry()
                since = time.monotonic()

    def _recover(self, point: bytes | None) -> None:
        """Start everything again, and let it go on."""
        for index in self._members():
            self._start(index)
        heard = []
        is_before = self.dice.random() < 0.5
        if is_before:
            heard += self._deliver_twice()
        self._go_on()
        assert self.company.group.point is not None
        assert point in (None, self.company.group.point), "the key has changed"
        self._sign("afterwards")
        if not is_before:
            heard += self._deliver_twice()
            self._sign("after all was said twice")
        self._await_far()
        require_whole(self.company, self.company.group.point)
        check_records(self.company, self.ledger, heard)
        require_settled(self.company)

    def _start(self, index: int, *, at: str = "", is_traced: bool = False) -> Forked:
        carried = carrying(self.company) if index == FAR else []
        return self.forker.start(index, *carried, at=at, is_traced=is_traced)

    def _await_far(self) -> None:
        """Return once whoever has no network has heard the last: nobody waits for it."""
        if self.ceremony.is_carried:
            await_epoch(self.company, FAR)

    def _go_on(self) -> None:
        """Let the next ceremony of the kind be whole."""
        desk, group = str(self.company.desk), self.company.group
        carried = carrying(self.company)
        leaver = self.company.chairs[LEAVER - 1].folder
        match self.ceremony.act:
            case "keygen" if not group.commitments:
                self._must("frost", "keygen", desk, *PATIENCE, *carried)
            case "reshare":
                # What was cut off, or the whole of it, or only word for who has left.
                if (self.company.desk / "next.toml").exists() or (leaver / "share.json").exists():
                    self._must("frost", "reshare", desk, *PATIENCE)
            case "repair":
                if not (self.company.chairs[LOST - 1].folder / "share.json").exists():
                    self._must("frost", "repair", desk, str(LOST), *PATIENCE)
                # So that the mended share has to sign.
                self.forker.kill(3)
            case "signing":
                pass
            case _:
                self._must("frost", "refresh", desk, *PATIENCE, *carried)

    def _sign(self, words: str) -> None:
        self._must(*signing(self.company, words))
        digest, point = hashlib.sha256(words.encode()).digest(), self.company.group.point
        assert point is not None
        assert is_signed(Point(point), digest, signature_of(self.company).read_bytes())

    def _must(self, *arguments: str) -> None:
        ran = self.forker.run(arguments, is_double=True)
        assert ran.wait(), ran.text
        assert ran.code == 0, ran.text

    def _members(self) -> list[int]:
        """Return who can be there: whoever is in some file of its own, of the group as it is or is to be."""

        def is_in(index: int, path: Path) -> bool:
            return path.exists() and read_group_file(path).holder(index) is not None

        folders = {index: self.company.chairs[index - 1].folder for index in self.ceremony.holders}
        return [
            index
            for index, folder in folders.items()
            if is_in(index, folder / "group.toml") or is_in(index, folder / "next.toml")
        ]

    def _deliver_twice(self) -> list[bytes]:
        """Send everything again that the coordinator ever sent, twice, and return what is said to it."""
        sent, heard = sent_by_desk(self.company), []
        for index in self.forker.present:
            raws = [raw for raw, to in sent if index in to]
            exchange = carry if self.ceremony.is_carried and index == FAR else _exchange
            heard += exchange(self.company, index, [*raws, *raws])
        return heard

    def _put_back(self) -> None:
        self.forker.kill_all()
        shutil.rmtree(self.company.path)
        shutil.copytree(self.kept, self.company.path)


@contextmanager
def playing(name: str, folder: Path, *, seed: int, fault: str = "") -> Iterator[Game]:
    """Prepare a company for one kind of ceremony.

    :param fault: what is put into all its processes on purpose
    """
    ceremony = CEREMONIES[name]
    company = ceremony.prepare(folder / "company")
    shutil.copytree(company.path, folder / "kept")
    with forking(company, fault) as forker:
        # It decides when, and nothing that is secret.
        dice = random.Random(seed)  # noqa: S311
        yield Game(ceremony=ceremony, company=company, kept=folder / "kept", forker=forker, dice=dice)


def _exchange(company: Company, index: int, raws: list[bytes]) -> list[bytes]:
    """Say things to a holder as its coordinator, and return what is in its box by then."""
    desk, own = HolderFolder(company.desk), company.chairs[index - 1].folder
    files = [path for path in (own / "group.toml", own / "next.toml") if path.exists()]
    holder = next(filter(None, (read_group_file(path).holder(index) for path in files)), None)
    if holder is None:
        # It has left, and heard of it.
        return []
    parts = urlsplit(str(holder.address))
    context = make_context(desk.tls_key, desk.certificate, pinned=holder.certificate, is_server=False)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=60, context=context)
    said: list[bytes] = []
    boot, seen = "", 0
    try:
        for raw in ([], *([one] for one in raws)):
            # One by one, and each time until what it asks is decided: what comes next may end its session.
            headers = {"Boot": boot, "Seen": str(seen), "Patience": "25"}
            connection.request("POST", "/exchange", pack_parcel(raw), headers)
            answer = connection.getresponse()
            said += unpack_parcel(answer.read(), origin="a holder")
            boot, seen = str(answer.headers["Boot"]), int(str(answer.headers["Total"]))
    finally:
        connection.close()
    return said
