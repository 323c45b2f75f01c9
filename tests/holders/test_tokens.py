"""Holders whose share wants a token: they are real processes, and so is the token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.program import ROOT
from tests.holders.company import PATIENCE, Chair, Company, Running
from tests.holders.terminal import Terminal
from tests.keys.soft_fido2 import BACKEND, PIN, VARIABLE, SoftFido, plugged_in
from tests.keys.soft_token import PIN as TOKEN_PIN
from tests.keys.soft_token import make_token
from verifier.store.group_file import read_group_file


@pytest.fixture
def fido() -> Iterator[SoftFido]:
    with plugged_in() as token:
        yield token


def equip(chair: Chair, *tokens: SoftFido) -> None:
    """Let this person's processes find these tokens, and no others."""
    paths = ":".join(str(token.path) for token in tokens)
    bring(chair, {VARIABLE: paths, "PYTHONPATH": f"{BACKEND}:{ROOT}"})


def bring(chair: Chair, variables: dict[str, str]) -> None:
    chair.home = replace(chair.home, variables=variables)


def opening(chair: Chair, uri: str, pin: str) -> tuple[str, ...]:
    file = chair.home.path / "pin"
    file.write_text(pin + "\n")
    file.chmod(0o600)
    factors = ("--token", uri, "--pin-file", str(file), "--passphrase-file", str(chair.passphrase))
    return (*factors, "--stretch", "14")


def join(company: Company, chair: Chair, *more: str, uri: str = "fido2:", pin: str = PIN) -> Running:
    """Start a holder as a process of its own, and return once it can be reached."""
    arguments = ["frost", "join", str(chair.folder), *opening(chair, uri, pin), *more]
    running = Running(chair.home.start(*arguments, stdout=subprocess.DEVNULL))
    company.running[chair.index] = running
    running.wait_for("Ctrl-C stops")
    return running


def refused(chair: Chair, *more: str, pin: str = PIN) -> tuple[int, str]:
    """Try to be a holder, and return how that ended."""
    ran = chair.home.run("frost", "join", str(chair.folder), *opening(chair, "fido2:", pin), *more)
    return ran.code, ran.err.splitlines()[-1]


def recovery_key(folder: Path) -> tuple[Path, Path]:
    private, public = folder / "recovery.pem", folder / "recovery.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", str(private)], check=True)
    subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True)
    private.chmod(0o600)
    return private, public


def test_holder__with_a_fido2_token__makes_a_key_refreshes_alone_and_comes_back(
    fido: SoftFido, tmp_path: Path
) -> None:
    company = Company.of(tmp_path / "company", threshold=2, holders=3)
    chair = company.chairs[0]
    equip(chair, fido)
    private, public = recovery_key(tmp_path)
    backing = ("--recovery", str(public))
    try:
        company.join(2)
        company.join(3)
        first = join(company, chair, "--group", str(company.desk / "group.toml"), "--yes", *backing)
        assert first.text.count("Touch the FIDO2 token") == 3
        first.wait_for("its share is opened by: passphrase and FIDO2 token.")
        company.must("keygen", str(company.desk))
        first.wait_for("The share of epoch 1 is in use.")
        touched = fido.touched
        # It lies in a drawer by now, and nobody sits there.
        drawer = fido.path.rename(fido.path.with_name("drawer"))
        company.must("refresh", str(company.desk), "--patience", "60")
        first.wait_for("The share of epoch 2 is in use.")
        company.leave(1)

        shown = chair.home.call("frost", "inspect", str(chair.folder)).out
        assert "in epoch 2: passphrase and FIDO2 token." in " ".join(shown.split())
        assert "00112233-4455-6677-8899-aabbccddeeff" in shown
        assert "It shows before its PIN that it is the right one." in " ".join(shown.split())
        code, said = refused(chair)
        assert (code, "none is plugged in that this user may open" in said) == (83, True), said
        drawer.rename(fido.path)
        assert fido.touched == touched
        code, said = refused(chair, pin="000000")
        assert (code, "7 more wrong ones lock it for good" in said) == (81, True), said

        again = join(company, chair, *backing)
        assert again.text.count("Touch the FIDO2 token") == 2
        company.must("refresh", str(company.desk), "--patience", "60")
        again.wait_for("The share of epoch 3 is in use.")
        company.leave(1)
        come_back_with_another_token(company, chair, private)
    finally:
        company.end()


def come_back_with_another_token(company: Company, chair: Chair, recovery: Path) -> None:
    """Lose the token and the share, and go on with a backup and another token, in a group of another threshold."""
    (chair.folder / "share.json").unlink()
    with plugged_in() as other:
        equip(chair, other)
        backup = chair.folder / "share-epoch-3.backup"
        restoring = ["frost", "restore", str(chair.folder), str(backup), "--recovery-key", str(recovery)]
        ran = chair.home.run(*restoring, *opening(chair, "fido2:", PIN))
        assert (ran.code, other.touched) == (0, 3), ran
        assert "what opens it: passphrase and FIDO2 token" in ran.out
        company.must("reshare", str(company.desk), "--threshold", "3")
        following = company.desk / "next.toml"
        for index in (2, 3):
            company.leave(index)
            company.join(index, group=following)
        join(company, chair, "--group", str(following), "--yes")
        other.path.rename(other.path.with_name("drawer"))
        company.must("reshare", str(company.desk), "--patience", "60")
        company.running[1].wait_for("The share of epoch 4 is in use.")
        assert read_group_file(chair.folder / "group.toml").threshold == 3


def test_join__pin_is_typed_wrong_at_the_terminal__one_try_and_its_number_then_over(
    fido: SoftFido, tmp_path: Path
) -> None:
    company = Company.of(tmp_path / "company", threshold=2, holders=2)
    chair = company.chairs[0]
    equip(chair, fido)
    group = ("--group", str(company.desk / "group.toml"), "--yes")
    factors = ("--token", "fido2:", "--passphrase-file", str(chair.passphrase), "--stretch", "14")
    sitting = Terminal(company, 1, "frost", "join", str(chair.folder), *group, *factors, variables={})
    try:
        sitting.wait_for(r"PIN for the FIDO2 token \(8 tries left\): ")
        sitting.type("000000")
        sitting.wait_for("7 more wrong ones lock it for good")
        assert sitting.process.wait(timeout=PATIENCE) == 81
    finally:
        sitting.end()
    assert (fido.tried, fido.touched) == (1, 0)
    assert not (chair.folder / "share.json").exists()


def test_join__stopped_while_it_waits_for_a_touch__ends_at_once(fido: SoftFido, tmp_path: Path) -> None:
    company = Company.of(tmp_path / "company", threshold=2, holders=2)
    chair = company.chairs[0]
    equip(chair, fido)
    fido.change(touch="never")
    group = ("--group", str(company.desk / "group.toml"), "--yes")
    arguments = ("frost", "join", str(chair.folder), *group, *opening(chair, "fido2:", PIN))
    running = Running(chair.home.start(*arguments, stdout=subprocess.DEVNULL))
    running.wait_for("Touch the FIDO2 token now")
    assert running.end() == 84
    assert "or it was given up" in running.text


def test_join__what_the_uri_says_makes_no_sense__said(tmp_path: Path) -> None:
    company = Company.of(tmp_path / "company", threshold=2, holders=2)
    chair = company.chairs[0]
    group = ("--group", str(company.desk / "group.toml"), "--yes")
    ran = chair.home.call("frost", "join", str(chair.folder), *group, *opening(chair, "fido2:serial=7", PIN))
    assert ran.code == 83
    assert "nothing more than its scheme" in ran.err


def test_refresh__token_was_exchanged_for_one_of_the_same_names__said_and_the_old_share_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_token(tmp_path, monkeypatch)
    token.generate("wrap", "secp256r1")
    company = Company.of(tmp_path / "company", threshold=2, holders=3)
    chair = company.chairs[0]
    bring(chair, {"SOFTHSM2_CONF": os.environ["SOFTHSM2_CONF"]})
    uri = f"pkcs11:token=vault;object=wrap?module-path={token.module}"
    group = ("--group", str(company.desk / "group.toml"), "--yes")
    try:
        company.join(2)
        company.join(3)
        holder = join(company, chair, *group, uri=uri, pin=TOKEN_PIN)
        company.must("keygen", str(company.desk))
        before, known = (chair.folder / "share.json").read_bytes(), company.group
        kept = token.tokens.rename(tmp_path / "kept")
        token.tokens.mkdir()
        token.initialise()
        token.generate("wrap", "secp256r1")
        coordinator = company.convene("refresh", str(company.desk))
        holder.wait_for("it shows another key than the one that opened the share")
        coordinator.end()
        assert ((chair.folder / "share.json").read_bytes(), company.group) == (before, known)
        assert not list(chair.folder.glob("share.pending-*"))
        token.remove()
        token.tokens.rmdir()
        kept.rename(token.tokens)
        assert "can sign" in company.must("refresh", str(company.desk)).err
    finally:
        company.end()
