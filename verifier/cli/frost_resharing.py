"""`frost reshare`: the same key for other holders, or another threshold; and word to those who have left."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import Final

from verifier.cli.answer import Answer
from verifier.cli.frost_convening import Convened, convene, redeal, require_key
from verifier.cli.frost_desk import all_leavers, highest_index
from verifier.cli.frost_keeping import NEXT, is_same_but_epoch, next_group
from verifier.cli.frost_setting_up import folder_of, page_of
from verifier.errors import CeremonyFailed, GroupFileMalformed
from verifier.frost.charter import Index
from verifier.model.text import Shown, sanitise
from verifier.store.group_file import charter_of, write_group_file
from verifier.store.group_holders import read_card
from verifier.store.place import path_of

_WORD_SECONDS: Final = 2.0
"""For word to somebody who has left, before it is said to be out of reach."""


def run_reshare(options: Namespace) -> Answer:
    """Write down how the group is to be, or let its holders make it so, or tell those who left that they have.

    :raises CeremonyFailed: not all did it; the old shares stay in use.
    """
    if options.card or options.without or options.threshold is not None:
        return _write_next(options)
    folder = folder_of(options.folder)
    group, following = folder.read_group(), next_group(folder)
    if following is None or is_same_but_epoch(charter_of(group), following):
        # Whoever left may not have heard of it: it was not there, or the coordinator's machine stopped.
        return _tell_leavers(options)
    with convene(options, also=following.holders) as convened:
        dealers = tuple(Index(each) for each in sorted(options.dealer)) if options.dealer else None
        made = redeal(convened, following, dealers, Shown("the resharing"), above=options.above)
        (folder.path / NEXT).unlink(missing_ok=True)
    return Answer(text=page_of(made) + _about_leavers(convened))


def _tell_leavers(options: Namespace) -> Answer:
    folder = folder_of(options.folder)
    leavers = all_leavers(folder, folder.read_group())
    if not leavers:
        (folder.path / NEXT).unlink(missing_ok=True)
        why = "say first how the group is to be, with --card, --without or --threshold"
        raise CeremonyFailed(what="the resharing", why=why)
    with convene(options, also=[entry for entry, _ in leavers]) as convened:
        convener = convened.convener
        for entry, certificate in leavers:
            convener.send_again([Index(entry.index)], certificate)
        convener.look_for_trouble(_WORD_SECONDS)
        (folder.path / NEXT).unlink(missing_ok=True)
    return Answer(text=page_of(convened.group) + _about_leavers(convened))


def _about_leavers(convened: Convened) -> str:
    """Return what to do about those who have left; nothing where nobody has."""
    leavers = all_leavers(convened.folder, convened.folder.read_group())
    if not leavers:
        return ""
    named = ", ".join(convened.convener.progress.name(Index(entry.index)) for entry, _ in leavers)
    path = sanitise(str(convened.folder.path), most=300)
    return (
        f"\nWho has left: {named}. A program of theirs that took part, and was there to the end, has destroyed its "
        f"share; one that was not is told by `fourth-signer frost reshare {path}`, once it is there.\n"
    )


def _write_next(options: Namespace) -> Answer:
    folder = folder_of(options.folder)
    group = folder.read_group()
    require_key(group)
    used = [holder.index for holder in group.holders]
    leaving = set(options.without)
    if not leaving <= set(used):
        known = ", ".join(map(str, used))
        raise GroupFileMalformed(
            path=NEXT,
            why=f"--without names a holder that the group does not have; it has {known}",
            advice="Correct what you typed; nothing was written.",
        )
    first = max([*used, highest_index(folder)]) + 1
    new = tuple(read_card(path_of(card), index=first + i) for i, card in enumerate(options.card))
    following = replace(
        group,
        epoch=group.epoch + 1,
        threshold=group.threshold if options.threshold is None else options.threshold,
        holders=tuple(holder for holder in group.holders if holder.index not in leaving) + new,
        commitments=(),
    )
    charter_of(following)
    write_group_file(folder.path / NEXT, following)
    path = sanitise(str(folder.path / NEXT), most=300)
    said = [
        f"\nWrote {path}. Every old and every new holder gets it, and the new ones the present group.toml too:",
        f"  who is in it now   fourth-signer frost join FOLDER --group {NEXT}",
        f"  who comes          fourth-signer frost join FOLDER --group group.toml --group {NEXT}",
        "Once all of them are there, run `fourth-signer frost reshare` with this folder alone.",
    ]
    return Answer(text=page_of(following) + "".join(f"{line}\n" for line in said))
