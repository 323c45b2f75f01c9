"""`ape run deploy`, as a deployer types it: Ape's network, Ape's account, and what verifier/deploy decides to send."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.anvil import Anvil
from tests.deploy.house import DEPLOYER, House, file_of, text_of

ROOT = Path(__file__).parents[2]


def ape(chain: Anvil, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    network = f"ethereum:local:{chain.url}"
    return subprocess.run(
        [
            str(Path(sys.executable).parent / "ape"),
            "run", "deploy", "--network", network, "--account", "TEST::0", "--file", str(path), *arguments,
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )  # fmt: skip


def test_deploy__by_an_account_of_ape__founds_the_vault_and_reports_it(chain: Anvil, tmp_path: Path) -> None:
    path, report = tmp_path / "vault.toml", tmp_path / "report.json"
    path.write_text(text_of())
    ran = ape(chain, path, "--send", "--yes", "--endpoint", "https://one.example", "--report", str(report))
    assert ran.returncode == 0, ran.stderr
    house = House(chain, file_of(text_of()))
    assert house.look().is_complete
    said = json.loads(report.read_text())
    assert ran.stdout.endswith(report.read_text())
    assert (said["vault"], said["deployer"]) == (str(house.founding.vault.address), str(DEPLOYER))
    assert [sent["piece"] for sent in said["sent"]] == [piece.name for piece in house.founding.pieces]
    assert all(int(sent["gas_used"]) > 100_000 for sent in said["sent"])
    assert said["init"][0]["line"].startswith(
        f"fourth-signer init {said['vault']} --rpc https://one.example "
    )
    assert house.stage().member(bytes(DEPLOYER)).pack() == 0


def test_deploy__with_nobody_to_say_yes__sends_nothing(chain: Anvil, tmp_path: Path) -> None:
    path = tmp_path / "vault.toml"
    path.write_text(text_of())
    ran = ape(chain, path, "--send")
    assert ran.returncode == 94
    assert "Traceback" not in ran.stdout + ran.stderr
    assert not any(chain.code(piece.address) for piece in House(chain, file_of(text_of())).founding.pieces)
