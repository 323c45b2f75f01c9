"""A holder at its own terminal: two factors open its share, and its person is asked before it does what it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.holders.company import PASSPHRASE, Company, rules
from tests.holders.terminal import Terminal
from tests.keys.soft_token import PIN, make_token


def test_join__passphrase_and_token__asked_for_once_each_and_opened_again_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_token(tmp_path, monkeypatch)
    token.generate("wrap", "secp256r1")
    uri = f"pkcs11:token=vault;object=wrap?module-path={token.module}"
    variables = {"SOFTHSM2_CONF": os.environ["SOFTHSM2_CONF"]}
    company = Company.of(tmp_path / "company", threshold=2, holders=3)
    chair = company.chairs[0]
    joining = ["frost", "join", str(chair.folder), "--plain", "--token", uri, "--stretch", "14"]
    rules(company.chairs[2], "version = 1\nrepairs = [2]\n")
    company.join(2)
    company.join(3)
    first = Terminal(company, 1, *joining, "--group", str(company.desk / "group.toml"), variables=variables)
    try:
        first.wait_for(r"NOT SEGREGATED|Any 2 of the holders are segregated")
        first.wait_for(r"Go on with the group owls\? \[y/N\] ")
        first.type("y")
        first.wait_for("New: passphrase for the share of holder 1: ")
        first.type(PASSPHRASE)
        first.wait_for("Again: passphrase for the share of holder 1: ")
        first.type(PASSPHRASE)
        # So that the token shows that it has what opens the share again.
        first.wait_for("PIN for the key wrap in the token vault: ")
        first.type(PIN)
        first.wait_for("opened by: passphrase and token")
        first.wait_for("Ctrl-C stops")
        company.must("keygen", str(company.desk))
        first.wait_for("The share of epoch 1 is in use")
    finally:
        first.end()
    assert "passphrase and token" in chair.home.call("frost", "inspect", str(chair.folder)).out
    again = Terminal(company, 1, *joining, variables=variables)
    try:
        again.wait_for("Passphrase of the share of holder 1: ")
        again.type(PASSPHRASE)
        again.wait_for("PIN for the key wrap in the token vault: ")
        again.type(PIN)
        again.wait_for("Ctrl-C stops")
        (company.chairs[1].folder / "share.json").unlink()
        company.leave(2)
        company.join(2)
        repairing = company.convene("repair", str(company.desk), "2", "--helper", "1", "--helper", "3")
        again.wait_for("Ask that person over another channel whether the share is lost")
        again.wait_for(r"anew, for that holder\? \[y/N\] ")
        again.type("y")
        assert repairing.wait() == 0, repairing.text
        again.wait_for("the holder's person said yes")
    finally:
        again.end()
        company.end()
