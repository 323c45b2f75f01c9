"""A key in a Ledger or Trezor: the process that speaks to it, with a stand-in in its place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.keys.leaks import require_unshown
from tests.keys.members import KEY, MEMBER, OTHER, TERMS, message_of
from verifier.errors import (
    KeyAnswerMalformed,
    KeyHolderError,
    KeyOfOther,
    KeyRefused,
    KeyUnreachable,
    SignatureOfOther,
    exit_code_of,
)
from verifier.keys.child import Child
from verifier.keys.device import CHILD, DeviceKey, DevicePlace, Maker
from verifier.model.address import Address
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.sign.messages import require_signed_by

STAND_IN = Path(__file__).with_name("stand_in.py")
PLACE = DevicePlace(maker=Maker.LEDGER, path="m/44'/60'/0'/0/0")


def device(folder: Path, manner: str, *, member: Address = MEMBER, patience: float = 300) -> DeviceKey:
    command = (sys.executable, str(STAND_IN), manner, str(folder / "pid"))
    return DeviceKey(PLACE, member, command=command, patience=patience)


def require_ended(folder: Path) -> None:
    """Fail if the child is still there."""
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


@pytest.mark.parametrize("manner", ["well", "parity"])
def test_sign__device_that_signs__the_members_signature(tmp_path: Path, manner: str) -> None:
    message = message_of()
    holder = device(tmp_path, manner)
    require_signed_by(MEMBER, holder.sign(message), message.digest)
    require_ended(tmp_path)
    require_unshown(holder, KEY)
    assert holder.describe() == "the Ledger at m/44'/60'/0'/0/0"


@pytest.mark.parametrize("to", [OTHER, None], ids=["call", "creation"])
def test_sign_transaction__device_that_signs__nodes_would_take_it(tmp_path: Path, to: Address | None) -> None:
    raw = device(tmp_path, "well").sign_transaction(TERMS, to=to, data=b"\x01" * 3, value=Wei(2**80))
    assert Account.recover_transaction(raw) == str(MEMBER)


@pytest.mark.parametrize(
    ("manner", "error", "words"),
    [
        ("other", KeyOfOther, "is needed"),
        ("else", SignatureOfOther, "find out what the device signed"),
        ("refused", KeyRefused, r"it said\\u\{1b\}\[31m no"),
        ("silent", KeyRefused, "does not say why"),
        ("unreachable", KeyUnreachable, "unlock it"),
        ("strange", KeyUnreachable, "unlock it"),
        ("missing", KeyUnreachable, r"pip install 'fourth-signer\[ledger\]'"),
        ("unplugged", KeyUnreachable, "ended"),
        ("dead", KeyUnreachable, "ended"),
        ("noise", KeyAnswerMalformed, "no JSON"),
        ("list", KeyAnswerMalformed, "no JSON object"),
        ("flood", KeyAnswerMalformed, "too long"),
        ("version", KeyAnswerMalformed, "another version"),
        ("number", KeyAnswerMalformed, "130 hex digits"),
        ("short", KeyAnswerMalformed, "130 hex digits"),
    ],
)
def test_sign__device_that_does_not__one_sentence_and_no_process_left(
    tmp_path: Path, manner: str, error: type[KeyHolderError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        device(tmp_path, manner).sign(message_of())
    assert str(raised.value).isprintable()
    assert exit_code_of(raised.value) in range(82, 87)
    if manner != "dead":
        require_ended(tmp_path)


def test_sign__device_that_hangs__given_up_and_its_process_ended(tmp_path: Path) -> None:
    from_ = time.monotonic()
    with pytest.raises(KeyUnreachable, match="said nothing for"):
        device(tmp_path, "hangs", patience=6).sign(message_of())
    assert time.monotonic() - from_ < 60
    require_ended(tmp_path)


def test_sign__device_that_never_reads__given_up_as_well(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "import time; time.sleep(3600)")
    message = message_of(data=bytes(200_000))  # more than a pipe holds
    with (
        pytest.raises(KeyUnreachable, match="said nothing for 2 seconds"),
        Child(command, Shown("the device"), patience=2) as child,
    ):
        child.ask(json.dumps(dict(message.typed_data)))


def test_sign__more_than_a_pipe_holds__signed(tmp_path: Path) -> None:
    message = message_of(data=bytes(200_000))
    require_signed_by(MEMBER, device(tmp_path, "well").sign(message), message.digest)


def test_sign__ctrl_c_while_the_device_waits__no_process_left(tmp_path: Path) -> None:
    holder = device(tmp_path, "hangs")

    def interrupt() -> None:
        while not (tmp_path / "pid.hangs").exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        holder.sign(message_of())
    require_ended(tmp_path)


def test_sign__no_such_python__one_sentence(tmp_path: Path) -> None:
    holder = DeviceKey(PLACE, MEMBER, command=(str(tmp_path / "python"), "-V"))
    with pytest.raises(KeyUnreachable, match="cannot be started"):
        holder.sign(message_of())


@pytest.mark.parametrize("path", ["", "m", "44'/60'", "m/44h", "m/0/../1", "m/1\n", "m/" + "9" * 40])
def test_place__no_path_to_a_key__refused(path: str) -> None:
    with pytest.raises(KeyUnreachable, match="no path to a key"):
        DevicePlace(maker=Maker.TREZOR, path=path)


# ------------------------------------------------------------------------------------------- The child itself

LEDGER_CLIENT = """
print("the plugin prints what it likes")
from eth_account import Account
from eth_hash.auto import keccak
ACCOUNT = Account.from_key(keccak(b"a member's key"))
class LedgerCancel(Exception): pass
class Client:
    def __init__(self, path): self.path = path
    def get_address(self):
        return ACCOUNT.address
    def sign_typed_data(self, domain_hash, message_hash):
        signed = ACCOUNT.unsafe_sign_hash(keccak(b"\\x19\\x01" + domain_hash + message_hash))
        return signed.v, signed.r, signed.s
    def sign_transaction(self, txn):
        raise LedgerCancel("Action cancelled by the user")
def get_device(account): return Client(account.path)
"""
LEDGER_PATH = """
class HDAccountPath:
    def __init__(self, path): self.path = path
"""
TREZOR_CLIENT = """
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
ACCOUNT = Account.from_key(keccak(b"a member's key"))
OPENED = []
class TrezorAccountClient:
    def __init__(self, address, path):
        assert not OPENED, "the device is taken"
        OPENED.append(address)
        self.session = ACCOUNT
    def sign_typed_data(self, data):
        signed = Account.sign_message(encode_typed_data(full_message=data), ACCOUNT.key)
        return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
"""
TREZOR_PATH = """
class HDPath:
    def __init__(self, path): self.address_n = path
"""
TREZOR_LIBRARY = """
def get_address(session, n): return session.address
def sign_tx_eip1559(session, n, *, nonce, gas_limit, to, value, data, chain_id, max_gas_fee, max_priority_fee):
    signed = session.sign_transaction({
        "type": 2, "chainId": chain_id, "nonce": nonce, "gas": gas_limit, "maxFeePerGas": max_gas_fee,
        "maxPriorityFeePerGas": max_priority_fee, "to": to, "value": value, "data": data})
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
"""


def lay_plugins(folder: Path) -> tuple[str, ...]:
    """Put stand-ins for the plugins into a folder, and return what runs the real child with them."""
    for name, content in {
        "ape_ledger/client.py": LEDGER_CLIENT,
        "ape_ledger/hdpath.py": LEDGER_PATH,
        "ape_trezor/client.py": TREZOR_CLIENT,
        "ape_trezor/hdpath.py": TREZOR_PATH,
        "trezorlib/ethereum.py": TREZOR_LIBRARY,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    run = (
        f"import runpy, sys; sys.path.insert(0, {str(folder)!r}); "
        f"runpy.run_path({str(CHILD)!r}, run_name='__main__')"
    )
    return (sys.executable, "-I", "-c", run)


@pytest.mark.parametrize("maker", list(Maker))
def test_child__plugin_that_signs__its_signature_comes_through(tmp_path: Path, maker: Maker) -> None:
    holder = DeviceKey(DevicePlace(maker=maker, path=PLACE.path), MEMBER, command=lay_plugins(tmp_path))
    message = message_of(data=b"\x11" * 5_000)
    require_signed_by(MEMBER, holder.sign(message), message.digest)


def test_child__transaction__signed_by_one_and_refused_by_the_other(tmp_path: Path) -> None:
    command = lay_plugins(tmp_path)
    trezor = DeviceKey(DevicePlace(maker=Maker.TREZOR, path=PLACE.path), MEMBER, command=command)
    raw = trezor.sign_transaction(TERMS, to=OTHER, data=b"\x01", value=Wei(1))
    assert Account.recover_transaction(raw) == str(MEMBER)
    ledger = DeviceKey(PLACE, MEMBER, command=command)
    with pytest.raises(KeyRefused, match="Action cancelled by the user"):
        ledger.sign_transaction(TERMS, to=OTHER, data=b"\x01", value=Wei(1))


@pytest.mark.parametrize("maker", list(Maker))
def test_child__plugin_not_installed__says_how(maker: Maker) -> None:
    holder = DeviceKey(DevicePlace(maker=maker, path=PLACE.path), MEMBER)
    with pytest.raises(KeyUnreachable, match=rf"pip install 'fourth-signer\[{maker}\]'"):
        holder.sign(message_of())


def test_child__as_a_module_of_the_package__the_same_lines() -> None:
    question: dict[str, Any] = {"version": 1, "device": "ledger", "path": PLACE.path, "action": "address"}
    run = subprocess.run(
        [sys.executable, "-m", "verifier.keys.device_process"],
        input=json.dumps(question) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == {"version": 1, "error": "missing", "why": "ape_ledger"}
