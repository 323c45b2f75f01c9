"""The page about a group: who holds its key, where they are, and whether they stand apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.assess.group_segregation import GroupSegregation
from verifier.model.group_file import GroupFile
from verifier.model.text import Shown, show_bytes
from verifier.pages.layout import Page, in_groups


def group_page(
    group: GroupFile,
    digest: bytes,
    segregation: GroupSegregation,
    *,
    address: Shown | None,
    width: int,
    kept: Sequence[Shown] = (),
) -> str:
    """Return all about a group.

    :param digest: of its file, which holders compare
    :param address: the group's as a member of a vault; None before it has a key
    :param kept: about the share that is at hand, where one is
    """
    page = Page(width)
    page.title(f"Group {group.name}: {group.threshold} of {len(group.holders)} sign")
    page.field("epoch", str(group.epoch))
    if group.point is None or address is None:
        # Only a file that a group is to have next, which names no key, is of a later epoch than the first.
        is_next = group.epoch > 1
        following = "not in this file: `fourth-signer frost reshare` deals out the one that there is"
        page.field("key", following if is_next else "not made yet: `fourth-signer frost keygen`")
    else:
        page.field("key", show_bytes(group.point))
        page.field("address", address)
    first, second = in_groups(digest)
    page.field("file", f"0x {first}")
    page.line(f"{'':13}   {second}")
    page.text("Every holder has to have the same file: compare these digits over another channel.", indent=2)
    page.space()
    page.table(
        [("holder", "name", "person", "employer", "offset", "place", "reached by"), *_rows(group)], indent=2
    )
    page.space()
    for sentence in segregation_sentences(segregation, {h.index: h.name for h in group.holders}):
        page.text(sentence, indent=2)
    for sentence in kept:
        page.text(sentence, indent=2)
    return str(page)


def segregation_sentences(found: GroupSegregation, names: Mapping[int, Shown]) -> list[Shown]:
    """Return whether any holders who may sign together fail to be segregated, and who shares what."""
    if not found.clashes:
        every = f"Any {found.threshold} of the holders are segregated: "
        return [Shown(f"{every}employers, offsets and places differ.")]
    example = ", ".join(f"{index} ({names.get(index, '?')})" for index in found.example)
    said = [
        Shown(
            f"NOT SEGREGATED: {found.unsegregated} of the {found.sets} sets of {found.threshold} holders share "
            f"something, such as holders {example}; any of these sets can sign for all."
        )
    ]
    if not found.is_possible:
        said.append(Shown(f"No {found.threshold} of them are segregated at all."))
    for clash in found.clashes:
        shared = []
        if clash.employer is not None:
            shared.append(f"have the same employer ({clash.employer})")
        if clash.minutes is not None:
            shared.append(f"are {clash.minutes} minutes of time apart, and more than 180 are needed")
        if clash.distance is not None:
            shared.append(f"are {clash.distance:.1f} km apart, and 100 are needed")
        said.append(Shown(f"Holders {clash.first} and {clash.second} {'; they '.join(shared)}."))
    return said


def _rows(group: GroupFile) -> list[tuple[str, ...]]:
    return [
        (
            str(holder.index),
            str(holder.name),
            str(holder.person),
            str(holder.employer),
            _offset(holder.attributes.utc_offset),
            f"{holder.latitude}, {holder.longitude}",
            str(holder.address),
        )
        for holder in group.holders
    ]


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
