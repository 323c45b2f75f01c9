"""What one process does alone, or beside holders that are there, and what must hold once it was killed at it.

card         a holder's keys and its card are made
init         a group's file is made of the cards
join         a holder takes the group's file over
next         a holder takes over the file of the group as it is to be
reshape      that file is written
restore      a holder's share comes back from its backup
put-aside    a new share whose certificate never came is put aside
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.holders.carried_twice import await_epoch
from tests.holders.ceremonies import LEAVER, LOST, PATIENCE
from tests.holders.chore import Chore, ChoreGame
from tests.holders.company import NAMES, PLACES, Company
from tests.holders.seats import call_for, deal, desk_of, sit
from verifier.frost.charter import Index
from verifier.frost.relay import Stage
from verifier.store.group_file import read_group_file

NEWCOMER: Final = 4
_LAST: Final = 3
_ALREADY: Final = ("already",)


def card_arguments(company: Company, index: int, address: str) -> list[str]:
    offset, place = PLACES[index - 1]
    folder = str(company.chairs[index - 1].folder)
    who = ["--name", NAMES[index - 1], "--person", str(100 + index), "--employer", f"e{index}={index}"]
    where = [f"--utc-offset={offset}", f"--place={place}", "--address", address]
    return ["frost", "card", folder, *who, *where]


def init_arguments(company: Company) -> list[str]:
    cards = [word for chair in company.chairs for word in ("--card", str(chair.folder / "card.toml"))]
    return ["frost", "init", str(company.desk), "--name", "owls", "--threshold", "2", *cards]


def _founded(path: Path) -> Company:
    return Company.of(path, threshold=2, holders=3)


def _without_desk(path: Path) -> Company:
    company = _founded(path)
    shutil.rmtree(company.desk)
    return company


def _without_card(path: Path) -> Company:
    company = _without_desk(path)
    folder = company.chairs[_LAST - 1].folder
    address = tomllib.loads((folder / "card.toml").read_text())["holder"]["address"]
    (company.path / "address").write_text(address)
    shutil.rmtree(folder)
    return company


def _card(company: Company) -> list[str]:
    return card_arguments(company, _LAST, (company.path / "address").read_text())


def _make_key(game: ChoreGame) -> None:
    """Go on to a key, and a signature for which who was killed is needed."""
    company = game.company
    if not (company.desk / "group.toml").exists():
        game.must(*init_arguments(company))
    for chair in company.chairs:
        game.forker.start(chair.index)
    game.must("frost", "keygen", str(company.desk), *PATIENCE)
    game.forker.kill(1)
    game.sign("the first words")


def _made(path: Path) -> Company:
    company = _founded(path)
    with company.present():
        company.must("keygen", str(company.desk))
    return company


def _to_be_changed(path: Path) -> Company:
    company = _made(path)
    newcomer = company.seat()
    shutil.copyfile(company.desk / "group.toml", newcomer.folder / "group.toml")
    return company


def _reshape(company: Company) -> list[str]:
    card = str(company.chairs[NEWCOMER - 1].folder / "card.toml")
    return ["frost", "reshare", str(company.desk), "--card", card, "--without", str(LEAVER)]


def _to_be_taken(path: Path) -> Company:
    company = _to_be_changed(path)
    company.must(*_reshape(company)[1:])
    return company


def _reshare(game: ChoreGame) -> None:
    """Go on to the group as it is to be, and a signature of its."""
    company = game.company
    following = company.desk / "next.toml"
    assert {one.index for one in read_group_file(following).holders} == {1, 2, NEWCOMER}
    for chair in company.chairs:
        game.forker.start(chair.index, "--group", str(following), "--yes")
    game.must("frost", "reshare", str(company.desk), *PATIENCE)
    game.forker.kill(1)
    game.sign("words of the new group")


def _recovery(company: Company) -> tuple[Path, Path]:
    return company.path / "recovery.pem", company.path / "recovery.pub"


def _lost(path: Path) -> Company:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    company = _founded(path)
    key, (pem, public) = X25519PrivateKey.generate(), _recovery(company)
    pem.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    public.write_bytes(
        key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    )
    pem.chmod(0o600)
    try:
        for chair in company.chairs:
            company.join(chair.index, *(["--recovery", str(public)] if chair.index == LOST else []))
        company.must("keygen", str(company.desk))
        company.running[LOST].wait_for("The share of epoch 1 is in use.")
    finally:
        company.end()
    (company.chairs[LOST - 1].folder / "share.json").unlink()
    return company


def _restore(company: Company) -> list[str]:
    chair, (pem, _) = company.chairs[LOST - 1], _recovery(company)
    backup = str(chair.folder / "share-epoch-1.backup")
    return ["frost", "restore", str(chair.folder), backup, "--recovery-key", str(pem), *chair.opening]


def _refresh(game: ChoreGame) -> None:
    """Let the share that came back sign, and take part in a refresh."""
    for index in (1, LOST):
        game.forker.start(index)
    game.sign("words with a share that came back")
    game.forker.start(3)
    game.must("frost", "refresh", str(game.company.desk), *PATIENCE)


def _join(company: Company) -> list[str]:
    return company.joining(_LAST)


def _join_next(company: Company) -> list[str]:
    return company.joining(LOST, group=company.desk / "next.toml")


def _waiting(path: Path) -> Company:
    """Return a company in which all have confirmed shares of epoch 2, and the certificate never came."""
    company = _made(path)
    seats = sit(company)
    known = seats[Index(LOST)].keeper.key()
    done, _ = deal(seats, desk_of(company), call_for(company, known, epoch=2), known=known)
    assert done.stage is Stage.TRIAL
    return company


def _put_aside(company: Company) -> list[str]:
    return ["frost", "put-aside", str(company.chairs[LOST - 1].folder), "--yes"]


def _bring_back(game: ChoreGame) -> None:
    """Have it back, and let a refresh bring all of it to an end."""
    folder = game.company.chairs[LOST - 1].folder
    game.must("frost", "put-aside", str(folder), "--back")
    assert [path.name for path in folder.glob("share.pending-*")] == ["share.pending-2.json"]
    for chair in game.company.chairs:
        game.forker.start(chair.index)
    game.must("frost", "refresh", str(game.company.desk), "--above", "2", *PATIENCE)
    await_epoch(game.company, LOST)
    game.forker.kill(1)
    game.sign("words after it was put aside")


def _taken(company: Company) -> Path:
    return company.chairs[_LAST - 1].folder / "group.toml"


def _next_taken(company: Company) -> Path:
    return company.chairs[LOST - 1].folder / "next.toml"


def _shaped(company: Company) -> Path:
    return company.desk / "next.toml"


_CARD: Final = Chore(name="card", prepare=_without_card, arguments=_card, again=_ALREADY, finish=_make_key)
_INIT: Final = replace(_CARD, name="init", prepare=_without_desk, arguments=init_arguments)
_JOIN: Final = Chore(
    name="join", prepare=_founded, arguments=_join, leaves=_taken, stays=True, finish=_make_key
)
_NEXT: Final = Chore(
    name="next", prepare=_to_be_taken, arguments=_join_next, leaves=_next_taken, stays=True, finish=_reshare
)
_RESHAPE: Final = Chore(
    name="reshape", prepare=_to_be_changed, arguments=_reshape, leaves=_shaped, finish=_reshare
)
_RESTORE: Final = Chore(name="restore", prepare=_lost, arguments=_restore, again=_ALREADY, finish=_refresh)
_PUT_ASIDE: Final = Chore(
    name="put-aside",
    prepare=_waiting,
    arguments=_put_aside,
    again=("no share in it waits for a certificate",),
    finish=_bring_back,
)
CHORES: Final = {one.name: one for one in (_CARD, _INIT, _JOIN, _NEXT, _RESHAPE, _RESTORE, _PUT_ASIDE)}
