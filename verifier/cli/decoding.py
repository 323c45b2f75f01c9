"""The command `decode`: what some calldata is, from the bytes alone, without any network."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Final

from verifier.cli.adapters import place_of
from verifier.cli.answer import Answer
from verifier.cli.severity import exit_code_for
from verifier.decode.calls import decode_call
from verifier.decode.lexicon import SOMEWHERE, Lexicon
from verifier.decode.sentence import say_operation
from verifier.errors import ConfigurationMissing, HexMalformed
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.units import Wei
from verifier.store.configuration import read_settings
from verifier.store.place import path_of
from verifier.store.settings import Settings

MOST_TEXT: Final = 4 * 1024 * 1024
"""Characters of hexadecimal text: ten times what any chain takes in one transaction."""

_WANTED: Final = "calldata, and no file that can be read and holds some"


def run_decode(options: Namespace) -> Answer:
    """Decode what was given, and say how bad its encoding is by the exit code of the answer.

    :raises InputError: it is no hexadecimal text, or the address is none.
    :raises ConfigurationError: the configuration cannot be used.
    """
    from verifier.cli.commands import as_json
    from verifier.cli.record import call_record
    from verifier.pages.calls import call_page
    from verifier.pages.layout import width_of_terminal

    data = read_hex(options.calldata)
    settings = _settings(options)
    target = Address.parse(options.to) if options.to else SOMEWHERE
    lexicon = _lexicon(settings, target)
    call = Call(target=target, value=Wei(options.value), data=data)
    decoded = decode_call(call, lexicon)
    sentence = say_operation((decoded,), lexicon)
    code = exit_code_for(max(each.severity for _, each in decoded.walk()))
    if options.json:
        return Answer(text=as_json(call_record(decoded, lexicon, sentence)), code=code)
    return Answer(text=call_page(decoded, lexicon, sentence, width_of_terminal()), code=code)


def read_hex(given: str) -> bytes:
    """Return the bytes of hexadecimal text: as it was given, in the file of this name, or from standard input.

    :raises HexMalformed: there is no such text.
    """
    text = given
    if given == "-":
        text = sys.stdin.read(MOST_TEXT + 1)
    elif not given.startswith("0x") and not _is_hex(given):
        text = _read(given)
    if len(text) > MOST_TEXT:
        raise HexMalformed(text=text[:20], what=f"calldata of at most {MOST_TEXT} characters")
    compact = "".join(text.split()).removeprefix("0x")
    if not _is_hex(compact):
        raise HexMalformed(text=text.strip(), what=_WANTED)
    return bytes.fromhex(compact)


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True


def _read(given: str) -> str:
    try:
        with path_of(given).open(encoding="ascii", errors="replace") as file:
            return file.read(MOST_TEXT + 1)
    except (OSError, ValueError) as exc:
        raise HexMalformed(text=given, what=_WANTED) from exc


def _settings(options: Namespace) -> Settings:
    try:
        return read_settings(place_of(options))
    except ConfigurationMissing:
        # Bytes can be read without any.
        return Settings()


def _lexicon(settings: Settings, target: Address) -> Lexicon:
    vaults = [pin.vault for pin in settings.pins.values()]
    vault = target if target in vaults else vaults[0] if len(vaults) == 1 else None
    return Lexicon(vault=vault, labels=settings.labels)
