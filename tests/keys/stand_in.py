"""Speaks the lines of `verifier.keys.device_process` in place of a device, well or badly, as its argument says."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

MISBEHAVIOUR = {
    "noise": "\x1b[2J nothing\n",
    "list": "[1]\n",
    "flood": "x" * 1_000_000,
    "version": '{"version": 2, "signature": "0x"}\n',
}
EXCUSES: dict[str, dict[str, Any]] = {
    "number": {"signature": 5},
    "short": {"signature": "0x" + "11" * 64},
    "silent": {"error": "refused"},
    **{
        name: {"error": name, "why": "it said\x1b[31m no"}
        for name in ("refused", "unreachable", "missing", "strange")
    },
}


def main() -> None:
    manner, note = sys.argv[1], Path(sys.argv[2])
    if manner == "dead":
        return
    unfinished = note.with_suffix(".unfinished")
    unfinished.write_text(f"{os.getpid()}\n")
    unfinished.rename(note)
    for line in sys.stdin:
        question = json.loads(line)
        if question["action"] == "address":
            write({"address": "0x" + "33" * 20 if manner == "other" else question["member"]})
        elif manner == "unplugged":
            return
        elif manner == "hangs":
            note.with_suffix(".hangs").touch()
            time.sleep(3600)
        elif manner in MISBEHAVIOUR:
            sys.stdout.write(MISBEHAVIOUR[manner])
            sys.stdout.flush()
        else:
            write(EXCUSES.get(manner) or {"signature": sign(question, manner)})


def write(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"version": 1, **answer}) + "\n")
    sys.stdout.flush()


def sign(question: dict[str, Any], manner: str) -> str:
    from eth_account import Account
    from eth_account.messages import encode_typed_data
    from eth_hash.auto import keccak

    account = Account.from_key(keccak(b"a member's key"))
    if question["action"] == "sign_message":
        encoded = encode_typed_data(full_message=question["typed_data"])
        hashes = ["0x" + encoded.header.hex(), "0x" + encoded.body.hex()]
        assert hashes == [question["domain_hash"], question["struct_hash"]]
        body = keccak(b"else") if manner == "else" else encoded.body
        raw = bytearray(account.unsafe_sign_hash(keccak(b"\x19\x01" + encoded.header + body)).signature)
        if manner == "parity":
            raw[64] -= 27
        return "0x" + raw.hex()
    wanted = question["transaction"]
    signed = account.sign_transaction(
        {
            "type": 2,
            "chainId": wanted["chain_id"],
            "nonce": wanted["nonce"],
            "gas": wanted["gas"],
            "maxFeePerGas": int(wanted["max_fee"]),
            "maxPriorityFeePerGas": int(wanted["priority_fee"]),
            "value": int(wanted["value"]),
            "data": wanted["data"],
            **({"to": wanted["to"]} if wanted["to"] else {}),
        }
    )
    return f"0x{signed.r:064x}{signed.s:064x}{signed.v:02x}"


if __name__ == "__main__":
    main()
