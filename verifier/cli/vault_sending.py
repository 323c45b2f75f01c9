"""What is sent about the vault as such: a member taken out, a suspension that lapses, a use of break-glass reviewed.

The commands and the terminal send the same.
"""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.cli.sending import Sending
from verifier.decode.content import UnfitError
from verifier.desk.outcomes import Shows, shows_member
from verifier.desk.signer import Signer
from verifier.desk.vault_actions import VaultAction, lapse_action, review_action, suspend_action
from verifier.errors import ActionImpossible, HexMalformed
from verifier.model.member import Member
from verifier.model.reading import BypassReading, VaultReading
from verifier.model.text import Shown
from verifier.store.books import read_bounded
from verifier.store.place import path_of

_MOST_FINDINGS: Final = 64 * 1024 * 1024


def sending_about_member(reading: VaultReading, signer: Signer, member: Member, *, is_lapse: bool) -> Sending:
    """Return what suspends a member, or lets its suspension lapse, which anybody may send.

    :raises ActionImpossible: it cannot be done now; with why.
    """
    action = lapse_action(reading, member) if is_lapse else suspend_action(reading, signer, member)
    return _sending(
        action,
        f"seat {member.record.seat}",
        reading,
        signer,
        by_anybody=is_lapse,
        shows=shows_member(member.address, is_active=is_lapse),
    )


def sending_of_review(
    reading: VaultReading,
    bypasses: BypassReading,
    signer: Signer,
    index: int,
    *,
    findings: bytes,
    is_justified: bool,
) -> Sending:
    """Return what records the review of a use of break-glass.

    :raises ActionImpossible: this signer cannot review it; with why.
    """
    action = review_action(reading, bypasses, signer, index, findings=findings, is_justified=is_justified)
    return _sending(action, f"bypass {index}", reading, signer)


def hash_of_findings(text: str) -> bytes:
    """Return a hash as it was given, or that of the file of this name.

    :raises HexMalformed: it is neither.
    """
    digits = text.removeprefix("0x")
    if text.startswith("0x"):
        try:
            found = bytes.fromhex(digits)
        except ValueError:
            found = b""
        if len(found) == 32:
            return found
        raise HexMalformed(text=text, what="hash of your findings")
    try:
        return keccak(read_bounded(path_of(text), _MOST_FINDINGS))
    except UnfitError as exc:
        raise HexMalformed(text=text, what="hash of your findings, and no file that can be read") from exc


def _sending(
    action: VaultAction,
    subject: str,
    reading: VaultReading,
    signer: Signer,
    *,
    by_anybody: bool = False,
    shows: Shows | None = None,
) -> Sending:
    """Return what to send, from the signer's own account unless anybody will do.

    :raises ActionImpossible: it cannot be done now.
    """
    if not action.is_possible:
        raise ActionImpossible(action=action.name, subject=subject, why=action.why_not)
    return Sending(
        what=Shown(f"`{action.name}` of {subject}"),
        sentences=(action.sentence, action.undoing) if action.undoing else (action.sentence,),
        to=action.to,
        data=action.data,
        sender=None if by_anybody else signer.own_member(reading),
        usual=signer.member,
        coin=signer.coin,
        shows=shows,
    )
