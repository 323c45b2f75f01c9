"""What a group's next file would change: whoever takes it over has to know that sooner than its digits.

The digits show that all have the same file. They do not show whether a key in it was exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.model.group_file import GroupFile, HolderEntry
from verifier.model.text import Shown


def group_changes(present: GroupFile, following: GroupFile, *, me: bytes) -> list[Shown]:
    """Return in sentences how a group's next file differs from its present one; never none.

    :param me: the transport key of the holder who reads it, 32 bytes
    """
    said = [Shown(each) for each in _changes(present, following)] or [
        Shown("It has the same holders as before.")
    ]
    was, is_there = _by_key(present, me), _by_key(following, me)
    if was is not None and is_there is None:
        said.append(
            Shown(
                f"YOU LEAVE IT: once the others have new shares, that of holder {was.index} is destroyed here."
            )
        )
    elif was is not None and is_there is not None and was.index != is_there.index:
        said.append(Shown(f"YOU would be holder {is_there.index} in it, and are holder {was.index}."))
    return said


def _changes(present: GroupFile, following: GroupFile) -> Iterator[str]:
    if following.name != present.name:
        yield f'It would be called "{following.name}", and is called "{present.name}".'
    if following.threshold != present.threshold:
        yield f"{following.threshold} holders would sign, and {present.threshold} do now."
    if (following.coordinator_key, following.coordinator_certificate) != (
        present.coordinator_key,
        present.coordinator_certificate,
    ):
        yield "ANOTHER COORDINATOR: its keys are not those of the present one. Ask why."
    for holder in present.holders:
        after = following.holder(holder.index)
        if after is None:
            yield f"Holder {holder.index} ({holder.name}) leaves."
        else:
            yield from _changes_of_holder(holder, after)
    for holder in following.holders:
        if present.holder(holder.index) is None:
            yield f"Holder {holder.index} ({holder.name}, person {holder.person}) comes, and gets a share."


def _changes_of_holder(before: HolderEntry, after: HolderEntry) -> Iterator[str]:
    who = f"Holder {before.index} ({before.name})"
    if (after.transport_key, after.certificate) != (before.transport_key, before.certificate):
        yield f"OTHER KEYS: {who} would be known by other keys. Ask that person whether they made them."
    if after.name != before.name or after.person != before.person:
        yield f"{who}, person {before.person}, would be {after.name}, person {after.person}."
    if after.attributes != before.attributes or after.employer != before.employer:
        yield f"{who} would be with {after.employer}, or at another place or time."
    if after.address != before.address:
        yield f"{who} would be reached by {after.address}, and is reached by {before.address}."


def _by_key(group: GroupFile, key: bytes) -> HolderEntry | None:
    return next((each for each in group.holders if each.transport_key == key), None)
