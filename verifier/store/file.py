"""Writing the configuration file: tables are added or changed where they stand, and all else stays as it was."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli_w

from verifier.errors import ConfigurationMalformed, ConfigurationUnwritable
from verifier.store.configuration import VERSION, parse_settings
from verifier.store.settings import ChainSettings, Pin, Settings

TEMPLATE: Final = f"""\
# Fourth Signer: which vaults are yours, whom your terminal asks about them, and what you call addresses.
# `fourth-signer init` adds to this file and leaves what stands here. `fourth-signer doctor` says whether all is right.
# Keep it to yourself: whoever changes it decides what you are shown, and endpoints' addresses may hold keys.
version = {VERSION}

# Descriptors (ERC-7730) say in words what calls and messages do. The registry is yours to check out and to update:
#   descriptors = "path/to/the/checkout"
# Like all paths in here it is relative to this file. It stands above the first table.

# Vaults: one table each, under the name that you give it.
#   chain      number of the chain (EIP-155)
#   address    of the vault
#   code_hash  hash of its code: the same for every vault of a release
#   founding   hash of the configuration that it was founded with, which tells it from any other vault with this code:
#              compare it with whoever founded the vault, over another channel
#   seat       your own seat, and member: the address that sits there. Both may be left out.
#   group      the folder of a group's coordinator, if you bring its holders together: `open` asks them then without
#              --group. May be left out.

# Chains: one table each, under the number of the chain.
#   endpoints  JSON-RPC at http:// or https://. Best from operators who do not depend on each other.
#   quorum     how many of them have to agree on a block before anything is believed
#   block      which block is read: latest, safe or finalized
#   coin       what you call the chain's own coin

# ABIs name functions and their arguments, and come before any descriptor. One contract a line, with one file or a list:
#   [abis]
#   "0x0000000000000000000000000000000000000001" = "abis/example.json"
#   any = ["abis/router.abi", "abis/more/*.json"]
# Under `any` are those that are tried at every contract. JSON as compilers write it, or .abi with one function a line.

# Labels: your own names for addresses. Nobody else's are ever shown. One address a line:
#   "0x0000000000000000000000000000000000000001" = "Example"
[labels]
"""

_HEADER: Final = re.compile(r"\s*\[[^\[].*\]\s*(#.*)?")
Path_ = tuple[str, ...]


@dataclass(slots=True)
class _Block:
    """A table as it is written: remarks right above it, its header, and what follows up to the next one's remarks."""

    path: Path_
    lead: list[str]
    header: str
    body: list[str]

    @property
    def text(self) -> str:
        return "".join([*self.lead, self.header, *self.body])


def write_settings(path: Path, text: str | None, settings: Settings) -> None:
    """Write the configuration so that it says these settings.

    :param text: the file as it stands; None where there is none
    :raises ConfigurationMalformed: it is written in a way that cannot be changed without losing something.
    :raises ConfigurationUnwritable: the disk does not let us.
    """
    changed = edited(TEMPLATE if text is None else text, settings, path)
    if changed != text:
        replace_file(path, changed)


def edited(text: str, settings: Settings, path: Path) -> str:
    """Return the text of a configuration file, changed so that it says these settings.

    :raises ConfigurationMalformed: it cannot be done without losing something.
    """
    before = parse_settings(text, path)
    blocks = _blocks(text)
    for name in before.pins.keys() - settings.pins.keys():
        blocks = [block for block in blocks if block.path != ("vaults", name)]
    for name, pin in settings.pins.items():
        if before.pins.get(name) != pin:
            _put(blocks, ("vaults", name), _pin_table(pin))
    for chain_id, chain in settings.chains.items():
        if before.chains.get(chain_id) != chain:
            _put(blocks, ("chains", str(chain_id)), _chain_table(chain))
    changed = "".join(block.text for block in blocks)
    try:
        is_right = parse_settings(changed, path) == settings
    except ConfigurationMalformed:
        is_right = False
    if not is_right:
        why = (
            "its tables are not written as [vaults.NAME] and [chains.NUMBER], so it cannot be changed safely"
        )
        raise ConfigurationMalformed(path=str(path), why=why)
    return changed


def replace_file(path: Path, text: str) -> None:
    """Put a file of this text in the place of another, all or nothing; only its owner may read it.

    :raises ConfigurationUnwritable: the disk does not let us.
    """
    # Where the file is a link, what it leads to is replaced.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ConfigurationUnwritable(path=str(path), why=why) from exc


def _pin_table(pin: Pin) -> dict[str, Any]:
    table: dict[str, Any] = {
        "chain": int(pin.chain_id),
        "address": str(pin.vault),
        "code_hash": "0x" + pin.code_hash.hex(),
        "founding": "0x" + pin.founding.hex(),
    }
    if pin.seat is not None and pin.member is not None:
        table |= {"seat": int(pin.seat), "member": str(pin.member)}
    if pin.group is not None:
        table["group"] = pin.group
    return table


def _chain_table(chain: ChainSettings) -> dict[str, Any]:
    return {
        "endpoints": list(chain.endpoints),
        "quorum": chain.quorum,
        "block": chain.block,
        "coin": chain.coin,
    }


def _put(blocks: list[_Block], path: Path_, table: dict[str, Any]) -> None:
    """Change a table where it stands, with its remarks, or add it among its like."""
    family, name = path
    header, *lines = tomli_w.dumps({family: {name: table}}).splitlines(keepends=True)
    for block in blocks:
        if block.path == path:
            remarks = [line for line in block.body if _is_remark(line)]
            space = [line for line in block.body[-1:] if not line.strip()]
            kept = [_kept(line, block.body) for line in lines]
            block.body = [*remarks, *kept, *space]
            return
    at = _place_for(blocks, family)
    above = blocks[at - 1]
    if above.text and not above.text.endswith("\n"):
        above.body.append("\n")
    is_spaced = not above.text or not (above.body or [above.header])[-1].strip()
    space = [] if at == len(blocks) else ["\n"]
    blocks.insert(at, _Block(path, [] if is_spaced else ["\n"], header, [*lines, *space]))


def _kept(line: str, body: list[str]) -> str:
    """Return a line as it stood, with its remark, where it says the same."""
    said = _content_of(line)
    return next((old for old in body if said and _content_of(old) == said), line)


def _content_of(line: str) -> dict[str, Any]:
    try:
        return tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return {}


def _place_for(blocks: list[_Block], family: str) -> int:
    """Return where a new table goes: behind its like, else below the remark about them, else at the end."""
    like = [i for i, block in enumerate(blocks) if block.path[:1] == (family,)]
    if like:
        return like[-1] + 1
    for i, block in enumerate(blocks):
        for j, line in enumerate(block.body):
            if not block.path and line.startswith(f"# {family.capitalize()}:"):
                return _cut(blocks, i, j) or len(blocks)
    return len(blocks)


def _cut(blocks: list[_Block], i: int, j: int) -> int | None:
    """Cut what is no table below the remark in its line j, and return where; None where keys come after it."""
    body = blocks[i].body
    end = next((k for k in range(j, len(body)) if not _is_remark(body[k])), len(body))
    if any(_is_content(line) for line in body[end:]):
        return None
    # The empty line stays above.
    blocks[i].body = body[: end + 1]
    blocks.insert(i + 1, _Block((), [], "", body[end + 1 :]))
    return i + 1


def _blocks(text: str) -> list[_Block]:
    """Return the text in parts: tables, and what stands above and between them."""
    blocks = [_Block((), [], "", [])]
    for line in text.splitlines(keepends=True):
        if _HEADER.fullmatch(line.rstrip("\r\n")) and (path := _path_of(line)):
            body = blocks[-1].body
            lead: list[str] = []
            while body and _is_remark(body[-1]):
                lead.insert(0, body.pop())
            blocks.append(_Block(path, lead, line, []))
        else:
            blocks[-1].body.append(line)
    return [part for block in blocks for part in _without_tail(block)]


def _without_tail(block: _Block) -> list[_Block]:
    """Take what follows after a table's last key and one empty line out of it: it belongs to no table."""
    if not block.path:
        return [block]
    end = max((k + 1 for k, line in enumerate(block.body) if _is_content(line)), default=0)
    if end < len(block.body) and not block.body[end].strip():
        end += 1
    tail = block.body[end:]
    block.body = block.body[:end]
    return [block, _Block((), [], "", tail)] if tail else [block]


def _is_remark(line: str) -> bool:
    return line.lstrip().startswith("#")


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not _is_remark(line)


def _path_of(header: str) -> Path_:
    content: Any = _content_of(header)
    path = []
    while isinstance(content, dict) and len(content) == 1:
        ((name, content),) = content.items()
        path.append(name)
    return tuple(path)
