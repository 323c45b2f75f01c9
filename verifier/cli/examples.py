"""One example for each command, below its `--help`: whoever is in a hurry changes a line sooner than they make one.

A test reads every one of them as the command would.
"""

from __future__ import annotations

import re
from typing import Final

_WIDTH: Final = 76
_PARTS: Final = re.compile(r'(?:--[\w-]+ +)?(?:"[^"]*"|[^ "-][^ "]*|-(?!-)[^ "]*)|--[^ "]+')
"""What stays in one line: an option with its value, or a word."""

EXAMPLES: Final[dict[str, str]] = {
    "init": "init 0x5FbDB2315678afecb367f032d93F642f64180aa3 --rpc https://one.example --rpc https://two.example"
    " --seat 4",
    "doctor": "doctor",
    "queue": "queue",
    "show": "show 12",
    "verify": "verify 12",
    "bundle": "bundle 12",
    "decode": "decode calldata.txt --to 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
    "sign": "sign 12 --key ann.json",
    "expedite": "expedite 12 --key ann.json",
    "submit": "submit lane-12-1-seat-4.approval lane-12-1-seat-5.approval --key ann.json",
    "propose": "propose pay.toml --dry-run",
    "approve": "approve 12 --key ann.json",
    "veto": "veto 12 --key ann.json",
    "object": "object 12 --key ann.json",
    "cancel": "cancel 12 --key ann.json",
    "withdraw": "withdraw 12 --key ann.json",
    "execute": "execute 12 --key ann.json",
    "suspend": "suspend self --key ann.json",
    "lapse": "lapse 4 --key ann.json",
    "review": "review 3 --findings report.txt --justified --key ann.json",
    "serve": "serve --port 9000 --light",
    "demo": "demo --fast",
    "watch ack": "watch ack 17 --as Ann --config watch.toml",
    "watch status": "watch status --config watch.toml",
    "guard hold": 'guard hold --why "it stops the payroll" --as Ann',
    "guard resume": "guard resume --as Ann",
    "guard ack": "guard ack 17 --as Ann",
    "guard status": "guard status --json",
    "audit": "audit verify",
    "audit verify": "audit verify --head 0x62519ed238b2d9010a02ebe1ceb16f29083af63597e77990420b787af2bed834",
    "audit export": "audit export log.jsonl",
    "release-record": "release-record verify",
    "release-record start": "release-record start --policy release.toml",
    "release-record verify": "release-record verify --policy release.toml",
    "release-record show": "release-record show --json",
    "release-record export": "release-record export releases.jsonl",
    "frost": "frost inspect desk",
    "frost card": "frost card ann --name Ann --person 7 --employer acme=1 --utc-offset=+01:00 --place=47.37,8.54"
    " --address https://10.0.0.7:8443",
    "frost init": 'frost init desk --name "custody desk" --threshold 2 --card ann.toml --card bob.toml --card cid.toml',
    "frost inspect": "frost inspect desk",
    "frost join": "frost join ann --group group.toml --one-factor passphrase",
    "frost keygen": "frost keygen desk",
    "frost refresh": "frost refresh desk",
    "frost reshare": "frost reshare desk --without 2 --card dot.toml",
    "frost repair": "frost repair desk 2",
    "frost sign": "frost sign desk 12",
    "frost register": "frost register desk --output add-group.json",
    "frost say": "frost say desk veto 12 --data",
    "frost holders": "frost holders desk --output set-holders.json",
    "frost put-aside": "frost put-aside ann",
    "frost restore": "frost restore ann share-epoch-1.backup --recovery-key recovery.pem --one-factor passphrase",
    "frost audit": "frost audit desk/records.jsonl ann/records.jsonl --group desk/group.toml",
}
"""By what stands behind `fourth-signer`. Commands that are not here have examples in what they say of themselves."""


def example_of(program: str) -> str | None:
    """Return what stands below a command's help; None where it has examples already.

    :param program: such as `fourth-signer frost card`
    """
    example = EXAMPLES.get(program.partition(" ")[2])
    return None if example is None else f"example:\n{_laid_out(f'fourth-signer {example}')}"


def _laid_out(line: str) -> str:
    r"""Return a line of a shell in lines that are not too long, each but the last with a `\` behind it."""
    lines = ["  "]
    for part in _PARTS.findall(line):
        if len(lines[-1]) + len(part) > _WIDTH:
            lines.append("    ")
        lines[-1] += f"{part} "
    return " \\\n".join(each.rstrip() for each in lines)
