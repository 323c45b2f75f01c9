"""The child that speaks to a Ledger or Trezor through Ape's plugins: `python -m verifier.keys.device_process`.

It imports nothing of this package, so that it also runs as a file under a Python that has only the plugin. A question
is one line of JSON on standard input, an answer one on standard output:

    {"version": 1, "device": "ledger", "path": "m/44'/60'/0'/0/0", "member": "0x...", "action": "address"}
    {"version": 1, "address": "0x..."}
    {..., "action": "sign_message", "typed_data": {...}, "domain_hash": "0x...", "struct_hash": "0x..."}
    {"version": 1, "signature": "0x..."}
    {..., "action": "sign_transaction", "transaction": {"chain_id": 1, ...}}
    {"version": 1, "error": "refused", "why": "..."}

`error` is `missing` (no plugin), `unreachable` (no device) or `refused`. What it answers, the parent verifies.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final, TextIO

VERSION: Final = 1

Question = dict[str, Any]
Answer = dict[str, Any]


def main() -> None:
    """Answer until the questions end. Only answers reach standard output, whatever the plugins print."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, answers)


def serve(questions: TextIO, answers: TextIO) -> None:
    for line in questions:
        answers.write(json.dumps({"version": VERSION, **answer_to(json.loads(line))}) + "\n")
        answers.flush()


def answer_to(question: Question) -> Answer:
    """Return the answer to one question. Every exception is an answer too: the plugins raise many kinds."""
    device = {"ledger": _ledger, "trezor": _trezor}[question["device"]]
    try:
        return device(question)
    except ImportError as exc:
        return {"error": "missing", "why": exc.name or str(exc)}
    except Exception as exc:  # noqa: BLE001 - libraries of three makers; the parent needs one sentence
        return {"error": _kind(exc), "why": str(exc) or type(exc).__name__}


def _kind(exc: Exception) -> str:
    """Return whether a device refused, or is not there, by the names that its library gives its errors."""
    names = {kind.__name__ for kind in type(exc).__mro__}
    refused = {"LedgerCancel", "LedgerInvalid", "LedgerSigningError", "Cancelled", "TrezorFailure"}
    return "refused" if names & refused else "unreachable"


def _ledger(question: Question) -> Answer:
    from ape_ledger.client import get_device
    from ape_ledger.hdpath import HDAccountPath

    client = get_device(HDAccountPath(question["path"]))

    def sign_message() -> tuple[Any, Any, Any]:
        # It shows these two hashes: it cannot show an operation.
        v, r, s = client.sign_typed_data(_raw(question["domain_hash"]), _raw(question["struct_hash"]))
        return v, r, s

    def sign_transaction() -> tuple[Any, Any, Any]:
        wanted = question["transaction"]
        v, r, s = client.sign_transaction(
            {
                "chain_id": wanted["chain_id"],
                "nonce": wanted["nonce"],
                "gas": wanted["gas"],
                "max_fee_per_gas": int(wanted["max_fee"]),
                "max_priority_fee_per_gas": int(wanted["priority_fee"]),
                "destination": _raw(wanted["to"] or "0x"),
                "amount": int(wanted["value"]),
                "data": _raw(wanted["data"]),
            }
        )
        return v, r, s

    return _act(question, client.get_address, sign_message, sign_transaction)


def _trezor(question: Question) -> Answer:
    from ape_trezor.hdpath import HDPath
    from trezorlib.ethereum import get_address, sign_tx_eip1559

    path = HDPath(question["path"])
    client = _open_trezor(question["member"], question["path"])

    def address() -> str:
        return str(get_address(client.session, path.address_n))

    def sign_message() -> tuple[Any, Any, Any]:
        v, r, s = client.sign_typed_data(question["typed_data"])
        return v, r, s

    def sign_transaction() -> tuple[Any, Any, Any]:
        # Not by the plugin's own way, which takes the device's safety checks down for the common path.
        wanted = question["transaction"]
        v, r, s = sign_tx_eip1559(
            client.session,
            path.address_n,
            chain_id=wanted["chain_id"],
            nonce=wanted["nonce"],
            gas_limit=wanted["gas"],
            max_gas_fee=int(wanted["max_fee"]),
            max_priority_fee=int(wanted["priority_fee"]),
            to=wanted["to"] or "",
            value=int(wanted["value"]),
            data=_raw(wanted["data"]),
        )
        return v, r, s

    return _act(question, address, sign_message, sign_transaction)


@cache
def _open_trezor(member: str, path: str) -> Any:
    """Return a client; a second one would find the device taken."""
    from ape_trezor.client import TrezorAccountClient
    from ape_trezor.hdpath import HDPath

    return TrezorAccountClient(member, HDPath(path))


def _act(
    question: Question,
    address: Callable[[], str],
    sign_message: Callable[[], tuple[Any, Any, Any]],
    sign_transaction: Callable[[], tuple[Any, Any, Any]],
) -> Answer:
    match question["action"]:
        case "address":
            return {"address": address()}
        case "sign_message":
            return {"signature": _signature(*sign_message())}
        case "sign_transaction":
            return {"signature": _signature(*sign_transaction())}
        case action:
            return {"error": "refused", "why": f"there is no action {action}"}


def _signature(v: Any, r: Any, s: Any) -> str:
    """Return 65 bytes in hex; r and s come as numbers from one library and as bytes from the other."""
    parts = (part.to_bytes(32, "big") if isinstance(part, int) else bytes(part) for part in (r, s))
    return "0x" + b"".join(part.rjust(32, b"\0") for part in parts).hex() + f"{int(v):02x}"


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


if __name__ == "__main__":
    main()
