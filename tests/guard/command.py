"""`fourth-signer guard` in a home of its own, with endpoints that can be broken and somebody to be told."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_account import Account

from tests.alerts.receivers import Receiver, receiver
from tests.anvil import Anvil
from tests.cli.program import COMMAND, Home, Ran
from tests.stage import ETHER, Operation, Stage, call
from tests.watch.faults import Endpoint, faulty
from tests.watch.scene import PAYEE
from verifier.model.address import Address

PATIENCE: Final = 300.0
PASSPHRASE: Final = "a fourth signer"
SECRET: Final = "a secret of sixteen bytes or more"

CONFIGURATION: Final = """\
version = 1
configuration = "{config}"
every = "1s"

[key]
holder = "gus.json"
passphrase_file = "gus.passphrase"

[lists]
payees = ["{payee}"]

[[rules]]
name = "big"
veto = true
all = [{{ over = "1", asset = "native" }}]

[[rules]]
name = "odd-hours"
veto = false
all = [{{ published = "00:00-00:00" }}, {{ counterparty_not_in = "payees" }}]

[order]
wait = "1h"
margin = "1m"

[channels.hook]
kind = "webhook"
url_file = "hook.url"
secret_file = "hook.secret"
least = "info"
"""


@dataclass(slots=True, kw_only=True)
class Post:
    """A guard's home, with all that is around it."""

    home: Home
    chain: Anvil
    stage: Stage
    endpoints: list[Endpoint]
    hook: Receiver

    @property
    def toml(self) -> Path:
        return self.home.path / "guard.toml"

    def spoil(self, before: str, after: str) -> None:
        """Write something else into the configuration."""
        text = self.toml.read_text()
        assert before in text
        self.toml.write_text(text.replace(before, after))

    def call(self, *arguments: str) -> Ran:
        return self.home.call("guard", *arguments, "--config", "guard.toml")

    def big(self, *, nth: int = 0) -> Operation:
        """Queue a payment that the rule `big` is about."""
        operation = self.stage.operation("ann", [call(to=PAYEE, value=2 * ETHER)], nth=nth)
        self.stage.must(self.stage.propose("ann", operation))
        signed = [self.stage.sign_published(who, operation) for who in ("bob", "cid", "dot")]
        self.stage.must(self.stage.approve(operation, signed))
        return operation

    def told(self, kind: str) -> list[Any]:
        """Return what somebody was told of a kind."""
        records = [json.loads(request.body) for request in self.hook.requests]
        return [each for each in records if each["happening"] and each["happening"]["kind"] == kind]

    def sent(self) -> list[dict[str, Any]]:
        """Return the transactions of the guard's account that blocks took in."""
        own = "0x" + self.stage.address("gus").hex()
        found = []
        for number in range(int(self.chain.block()["number"], 16) + 1):
            block = self.chain.rpc("eth_getBlockByNumber", [hex(number), True])
            found += [each for each in block["transactions"] if each["from"].lower() == own]
        return found

    def logs(self) -> str:
        path = self.home.path / "log.jsonl"
        return path.read_text() if path.exists() else ""

    @contextmanager
    def running(self, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Run the guard until the end; what it logs goes to a file."""
        with (self.home.path / "log.jsonl").open("ab") as log:
            process = subprocess.Popen(
                [*COMMAND, "guard", "--config", "guard.toml", *arguments],
                env=self.home.environment,
                cwd=self.home.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                **options,
            )
        try:
            yield process
        except AssertionError as failure:
            failure.add_note(self.logs()[-4_000:])
            raise
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    @staticmethod
    def wait_for(process: subprocess.Popen[bytes], is_so: Callable[[], Any]) -> Any:
        until = time.monotonic() + PATIENCE
        while not (found := is_so()):
            assert process.poll() is None, "it ended"
            assert time.monotonic() < until, "it took too long"
            time.sleep(0.2)
        return found


@contextmanager
def posted(chain: Anvil, stage: Stage, folder: Path) -> Iterator[Post]:
    """Give the guardian a home in which a guard can run."""
    chain.set_balance(stage.address("gus"), ETHER)
    chain.mine()
    with ExitStack() as stack:
        endpoints = [stack.enter_context(faulty(chain.url)) for _ in range(2)]
        hook = stack.enter_context(receiver())
        home = Home(path=folder)
        rpc = [argument for each in endpoints for argument in ("--rpc", each.url)]
        ran = home.call("init", str(Address(stage.vault)), *rpc, "--name", "treasury")
        assert ran.code == 0, ran
        keystore: Any = Account.encrypt(
            stage.actors["gus"].key.to_bytes(), PASSPHRASE, kdf="pbkdf2", iterations=1_000
        )
        for name, content in (
            ("gus.json", json.dumps(keystore)),
            ("gus.passphrase", PASSPHRASE + "\n"),
            ("hook.url", hook.url),
            ("hook.secret", SECRET),
        ):
            (folder / name).write_text(content)
            (folder / name).chmod(0o600)
        (folder / "guard.toml").write_text(CONFIGURATION.format(config=home.config, payee=PAYEE))
        yield Post(home=home, chain=chain, stage=stage, endpoints=endpoints, hook=hook)
