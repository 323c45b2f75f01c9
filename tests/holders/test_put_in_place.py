"""Files that somebody puts in the place of a holder's own, with an hour at its desk: nothing of its share comes out."""

from __future__ import annotations

import hashlib
import re
import resource
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.holders.company import PASSPHRASE, Company
from tests.holders.seats import call_for, deal, desk_of, sit
from tests.holders.test_restoring import forge
from tests.holders.test_tokens import recovery_key
from verifier.errors import HolderFolderUnfit
from verifier.frost.charter import Index
from verifier.frost.messages import Kind
from verifier.frost.pending import PendingShare
from verifier.frost.shares import GroupKey, Share
from verifier.keys.secret import Secret
from verifier.keys.share_recovery import back_up, read_recipient
from verifier.keys.share_sealing import Factors, read_share_head, seal_pending, seal_share

FIRST = Index(1)


def sealed(share: Share | PendingShare) -> bytes:
    """Return a file that opens by what opens this person's shares, whichever of its groups it is of."""
    factors = Factors(passphrase=lambda _: Secret(PASSPHRASE), token=None, n=1 << 14)
    if isinstance(share, PendingShare):
        return seal_pending(share, FIRST, factors, dice=secrets.token_bytes)
    return seal_share(share, factors, dice=secrets.token_bytes)


def of_another_group(share: Share) -> Share:
    charter = replace(share.key.charter, group=hashlib.sha256(b"another").digest(), epoch=9)
    return replace(share, key=GroupKey(charter=charter, commitments=share.key.commitments))


def of_a_later_epoch(share: Share) -> Share:
    charter = replace(share.key.charter, epoch=9)
    return replace(share, key=GroupKey(charter=charter, commitments=share.key.commitments))


def put(company: Company, name: str, content: bytes) -> Path:
    path = company.chairs[0].folder / name
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("whose", ["another group", "holder 2", "another key of this group"])
def test_start__a_share_that_opens_and_is_not_its_own__refused_and_the_groups_file_stays(
    company: Company, whose: str
) -> None:
    seats = sit(company)
    mine, other = seats[FIRST].keeper.share(), seats[Index(2)].keeper.share()
    assert mine is not None
    assert other is not None
    foreign = {
        "another group": of_another_group(mine),
        "holder 2": other,
        "another key of this group": forge(of_a_later_epoch(mine)),
    }[whose]
    group = (company.chairs[0].folder / "group.toml").read_bytes()
    put(company, "share.json", sealed(foreign))
    with pytest.raises(HolderFolderUnfit, match=rf"its share\.json is of {whose}"):
        sit(company)
    assert (company.chairs[0].folder / "group.toml").read_bytes() == group
    # Its own of a later epoch is what a machine leaves that stopped between the two files.
    put(company, "share.json", sealed(of_a_later_epoch(mine)))
    assert sit(company)[FIRST].keeper.group.epoch == 9


def test_start__a_waiting_share_of_another_group_or_holder__refused(company: Company) -> None:
    seats, desk = sit(company), desk_of(company)
    known = seats[FIRST].keeper.key()
    call = call_for(company, known, epoch=2)
    deal(seats, desk, call, known=known, holding={Kind.CERTIFICATE})
    (pending,) = seats[FIRST].keeper.pending()
    (others,) = seats[Index(2)].keeper.pending()
    assert pending.share is not None
    foreign = of_another_group(pending.share)
    path = put(company, "share.pending-9.json", sealed(replace(pending, key=foreign.key, share=foreign)))
    with pytest.raises(HolderFolderUnfit, match=r"its share\.pending-9\.json is of another group"):
        sit(company)
    path.unlink()
    path = put(company, "share.pending-2.json", sealed(others))
    with pytest.raises(HolderFolderUnfit, match=r"its share\.pending-2\.json is of holder 2"):
        sit(company)
    put(company, "share.pending-2.json", sealed(pending))
    assert [one.key for one in sit(company)[FIRST].keeper.pending()] == [pending.key]


def test_refresh__the_recovery_keys_file_was_exchanged_meanwhile__backups_are_for_the_one_that_was_shown(
    company: Company, tmp_path: Path
) -> None:
    """Whoever writes that file would have every new share, and nobody sits there at a refresh."""
    (tmp_path / "theirs").mkdir()
    _, public = recovery_key(tmp_path)
    _, theirs = recovery_key(tmp_path / "theirs")
    mine, stolen = read_recipient(public), read_recipient(theirs)
    chair = company.chairs[0]
    with company.present():
        company.leave(1)
        first = company.join(1, "--recovery", str(public))
        first.wait_for(mine.hex()[:8])
        shutil.copy(theirs, public)
        company.must("refresh", str(company.desk))
        company.leave(1)
        head = read_share_head(chair.folder / "share-epoch-2.backup")
        assert head.recovery is not None
        assert head.recovery.recipient == mine
        second = company.join(1, "--recovery", str(public))
        assert mine.hex() in second.wait_for("ANOTHER RECOVERY KEY")
        assert stolen.hex() in second.wait_for("Compare it with the one in your safe")
        company.leave(1)
        public.unlink()
        ran = chair.home.call("frost", "join", str(chair.folder), *chair.opening, "--recovery", str(public))
        assert (ran.code != 0, "recovery.pub" in ran.err) == (True, True), ran


def test_join__only_a_waiting_share_is_there__its_passphrase_is_no_new_one(company: Company) -> None:
    """Asked for a new one, a person chooses a new one, and the share that waits opens no more."""
    from verifier.cli.frost_keeping import is_anything_sealed
    from verifier.store.holder_folder import HolderFolder

    folder = HolderFolder(company.chairs[0].folder)
    assert is_anything_sealed(folder)
    content = folder.share.read_bytes()
    folder.share.unlink()
    assert not is_anything_sealed(folder)
    put(company, "share.pending-2.json", content)
    assert is_anything_sealed(folder)


def test_join__another_process_of_the_same_user__reads_no_memory_and_a_crash_writes_none(
    company: Company,
) -> None:
    """Whoever has an hour at the desk would have a share from the memory of the holder that runs there."""
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (limits[1], limits[1]))
    try:
        running = company.start(1)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limits)
    own = Path(f"/proc/{running.process.pid}")
    assert re.search(r"Max core file size +0 +0 ", (own / "limits").read_text())
    # Its files are root's.
    assert (own / "environ").stat().st_uid == 0


def test_restore__another_share_waits_in_the_folder__told_what_opens_that(
    company: Company, tmp_path: Path
) -> None:
    """With another token, the holder would not start, and its person would not know why."""
    private, public = recovery_key(tmp_path)
    chair, share = company.chairs[0], sit(company)[FIRST].keeper.share()
    assert share is not None
    backup = put(company, "mine.backup", back_up(share, read_recipient(public), dice=secrets.token_bytes))
    restoring = ["frost", "restore", str(chair.folder), str(backup), "--recovery-key", str(private)]
    for is_waiting in (False, True):
        (chair.folder / "share.json").unlink()
        if is_waiting:
            put(company, "share.pending-2.json", b"{}")
        ran = chair.home.call(*restoring, *chair.opening)
        assert ran.code == 0, ran
        assert ("Beside it waits share.pending-2.json" in ran.out) is is_waiting
