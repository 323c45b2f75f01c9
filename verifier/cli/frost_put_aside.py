"""`frost put-aside`: new shares whose certificates never came, out of the way of a refresh, and back if one comes.

Nobody can tell that a certificate will never come: whoever brought the dealing about may have it. So they are not
destroyed by this, and their epochs stay used up. They go with the pending ones, once a higher epoch is in use.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from verifier.cli.answer import Answer
from verifier.cli.asking import confirm
from verifier.errors import HolderFileUnwritable, HolderFolderUnfit
from verifier.model.text import Shown
from verifier.store.folder_lock import lock_folder
from verifier.store.holder_folder import HolderFolder
from verifier.store.place import path_of
from verifier.store.syncing import sync_folder

ASIDE: Final = "put-aside"
_NAME: Final = re.compile(r"share\.pending-([1-9][0-9]{0,9})\.(json|toml)")
_WARNING: Final = (
    Shown("They were confirmed, and wait for a certificate. Ask the coordinator whether one is on its way."),
    Shown(
        "They stay sealed, and --back brings them back. No refresh is undone, and no share in use is touched."
    ),
)


def epochs_aside(folder: Path) -> frozenset[int]:
    """Return of which epochs shares were put aside in a holder's folder."""
    return frozenset(epoch for path, epoch in _files(folder / ASIDE) if path.suffix == ".json")


def destroy_aside(folder: Path, epoch: int) -> None:
    """Destroy what was put aside, of epochs up to this one."""
    for path, each in _files(folder / ASIDE):
        if each <= epoch:
            path.unlink(missing_ok=True)


def run_put_aside(options: Namespace) -> Answer:
    """Put all shares that wait for certificates aside, or bring them back.

    :raises HolderFolderUnfit: there are none, or the folder is not a holder's.
    :raises NotConfirmed: the person does not say yes.
    :raises HolderFileUnwritable: the disk does not let us. Each share is in one place or the other.
    """
    folder = HolderFolder(path_of(options.folder))
    lock = lock_folder(folder)
    try:
        return _bring_back(folder) if options.back else _put_aside(folder, is_given=options.yes)
    finally:
        lock.release()


def _put_aside(folder: HolderFolder, *, is_given: bool) -> Answer:
    found = [epoch for path, epoch in _files(folder.path) if path.suffix == ".json"]
    if not found:
        raise _nothing(folder, "no share in it waits for a certificate")
    confirm(Shown(f"putting aside {_named(found)}"), _WARNING, is_given=is_given)
    # Its share first: beside one that waits, the file of the group that it is of has to be.
    _move(folder.path, folder.path / ASIDE, (".json", ".toml"))
    return Answer(
        text=f"Put aside: {_named(found)}, in {ASIDE}. If the holder says that a certificate of one of these came,\n"
        "stop it, and bring them back with --back. They are destroyed once shares of a higher epoch are in use.\n"
    )


def _bring_back(folder: HolderFolder) -> Answer:
    found = sorted(epochs_aside(folder.path))
    if not found:
        raise _nothing(folder, "nothing was put aside in it")
    _move(folder.path / ASIDE, folder.path, (".toml", ".json"))
    return Answer(
        text=f"Here again: {_named(found)}. Start the holder, and let the coordinator begin something.\n"
    )


def _move(source: Path, target: Path, suffixes: tuple[str, str]) -> None:
    """Move the files of shares from one folder to another, in this order; nothing is written over."""
    try:
        target.mkdir(mode=0o700, exist_ok=True)
        for suffix in suffixes:
            for path, _ in [each for each in _files(source) if each[0].suffix == suffix]:
                to = target / path.name
                if to.exists():
                    why = f"{path.name} is in it twice, here and in {ASIDE}"
                    advice = "Find out who put one of them there, and move that away."
                    raise HolderFolderUnfit(path=str(source), why=why, advice=advice)
                path.rename(to)
            sync_folder(target)
            sync_folder(source)
    except OSError as exc:
        raise HolderFileUnwritable(path=str(target), why=exc.strerror or "no reason given") from exc


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the files of shares that wait, with their epochs, the lowest first."""
    names = list(folder.iterdir()) if folder.is_dir() else []
    found = [(path, match) for path in names if (match := _NAME.fullmatch(path.name))]
    yield from sorted(
        ((path, int(match[1])) for path, match in found), key=lambda each: (each[1], each[0].name)
    )


def _named(epochs: list[int]) -> str:
    if len(epochs) == 1:
        return f"the share of epoch {epochs[0]}"
    return f"{len(epochs)} shares, of epochs {epochs[0]} to {epochs[-1]}"


def _nothing(folder: HolderFolder, why: str) -> HolderFolderUnfit:
    advice = "Look into it with `fourth-signer frost inspect`."
    return HolderFolderUnfit(path=str(folder.path), why=why, advice=advice)
