"""A deployment that is killed, with SIGKILL, right after each of its transactions was sent, and run again.

Nothing is kept on disk: the next run asks the chain. Blocks come only when the test makes them, so that the process is
killed before any receipt.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.anvil import Anvil, start_anvil
from tests.deploy.house import DEPLOYER, House, file_of, text_of
from verifier.deploy.verifying import require_founded

ROOT = Path(__file__).parents[2]


@contextmanager
def deploying(path: Path, chain: Anvil) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-P", "-m", "tests.deploy.deployer", str(path), chain.url, "--send", "--yes"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_one_more(process: subprocess.Popen[str]) -> None:
    """Return once the process says that it sent something: it waits for a block then."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("Sent the "):
            return
    raise AssertionError("it ended: " + "".join(said))


def pending(chain: Anvil) -> int:
    return int(chain.rpc("txpool_status")["pending"], 16)


def test_deployment__killed_after_every_transaction__is_gone_on_with_and_deploys_nothing_twice(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vault.toml"
    path.write_text(text_of())
    with start_anvil("--no-mining") as chain:
        for sent in range(6):
            with deploying(path, chain) as process:
                # Every second time the block came while nobody looked; else the new run finds it waiting.
                if pending(chain):
                    mine_once_it_waits(chain, process)
                wait_for_one_more(process)
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            assert pending(chain) == 1
            assert nonce_of(chain) == sent
            if sent % 2 == 0:
                chain.mine()
        with deploying(path, chain) as process:
            mine_once_it_waits(chain, process)
            out, _ = process.communicate()
        assert process.returncode == 0
        report = json.loads(out)
        assert (report["complete"], report["sent"], report["deployer_is_member"]) == (True, [], False)
        assert nonce_of(chain) == 6
        assert logs_of_foundings(chain) == 1
        house = House(chain, file_of(text_of()))
        require_founded(house.view, house.founding, house.file, DEPLOYER)


def mine_once_it_waits(chain: Anvil, process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "wait for a block" in line:
            chain.mine()
            return
    raise AssertionError("it ended: " + "".join(said))


def nonce_of(chain: Anvil) -> int:
    return int(chain.rpc("eth_getTransactionCount", ["0x" + DEPLOYER.hex(), "latest"]), 16)


def logs_of_foundings(chain: Anvil) -> int:
    """Return how many vaults were founded on the chain, by anybody."""
    logs: list[Any] = chain.rpc("eth_getLogs", [{"fromBlock": "0x0"}])
    vault = House(chain, file_of(text_of())).founding.vault.address
    founded = {log["transactionHash"] for log in logs if log["address"] == "0x" + vault.hex()}
    return len(founded)
