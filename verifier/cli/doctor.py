"""`fourth-signer doctor`: everything is looked at, whatever else fails."""

from __future__ import annotations

import os
import stat
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.chain.probe import probe_all
from verifier.chain.whereabouts import Whereabouts
from verifier.cli.adapters import CLOCK, Choice, choose, open_endpoints, open_reader, place_of
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.desk.health import Check, check_error, examine_endpoints, examine_vault, worst_code
from verifier.errors import ConfigurationMissing, FourthSignerError
from verifier.errors.exits import WARNING
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise
from verifier.pages.doctor import doctor_page
from verifier.pages.layout import width_of_terminal
from verifier.store.configuration import read_settings
from verifier.store.release import release_companions
from verifier.store.settings import Settings

if TYPE_CHECKING:
    from verifier.chain.reader import VaultReader
    from verifier.model.reading import VaultReading

Parts = dict[str, list[Check]]

# Seconds for which the names of endpoints are looked up.
_LOOKING_UP: Final = 3.0


def run_doctor(options: Namespace) -> Answer:
    """Examine the set-up, and every vault that the arguments leave open."""
    parts: Parts = {}
    checks, settings = _examine_file(place_of(options), may_miss=bool(options.rpc and options.vault))
    parts["Configuration"] = checks
    if settings is not None:
        for choice in _choices(options, settings, checks):
            _examine_choice(parts, choice)
    code = worst_code([check for each in parts.values() for check in each])
    if options.json:
        from verifier.cli.commands import as_json
        from verifier.cli.record import doctor_record

        return Answer(text=as_json(doctor_record(parts, code)), code=code)
    return Answer(text=doctor_page(parts, width_of_terminal()), code=code)


def _examine_file(path: Path, *, may_miss: bool) -> tuple[list[Check], Settings | None]:
    try:
        settings = read_settings(path)
    except ConfigurationMissing as error:
        severity = Severity.NOTICE if may_miss else Severity.DANGER
        return [check_error("file", error, severity)], Settings() if may_miss else None
    except FourthSignerError as error:
        return [check_error("file", error)], None
    count = len(settings.pins)
    said = f"{sanitise(str(path))}: {count} vault{'s' if count != 1 else ''}, {len(settings.labels)} labels."
    checks = [Check(subject=Shown("file"), severity=Severity.INFO, sentence=Shown(said))]
    return [*checks, *_examine_access(path)], settings


def _examine_access(path: Path) -> Iterator[Check]:
    """Yield what is wrong with who may read and change the file: it decides what a signer is shown."""
    status = path.stat()
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_uid not in (os.getuid(), 0):
        said = (
            f"Others may change it, and so decide what you are shown; run `chmod 600 {sanitise(str(path))}`."
        )
        yield Check(subject=Shown("access"), severity=Severity.WARNING, sentence=Shown(said), code=WARNING)
    elif status.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        said = f"Others may read it, and keys in endpoints' addresses; run `chmod 600 {sanitise(str(path))}`."
        yield Check(subject=Shown("access"), severity=Severity.NOTICE, sentence=Shown(said))


def _choices(options: Namespace, settings: Settings, checks: list[Check]) -> Iterator[Choice]:
    """Yield the vault that the arguments mean, or all that are pinned."""
    names = [options.vault] if options.vault or not settings.pins else list(settings.pins)
    for name in names:
        try:
            yield choose(Namespace(**{**vars(options), "vault": name}))
        except FourthSignerError as error:
            checks.append(check_error(name or "vault", error))


def _examine_choice(parts: Parts, choice: Choice) -> None:
    chain, now = choice.chain, CLOCK.now()
    name = choice.pin.name if choice.pin else "not pinned"
    title = f"Chain {chain.chain_id}, asked about {name}"
    whereabouts = Whereabouts(chain.endpoints)
    whereabouts.begin()
    with patience(chain.hosts):
        probed = probe_all(open_endpoints(chain.endpoints), chain_id=chain.chain_id, vault=choice.vault)
        shared = whereabouts.shared(seconds=_LOOKING_UP)
    parts[title] = list(
        examine_endpoints(probed, chain_id=chain.chain_id, quorum=chain.quorum, now=now, shared=shared)
    )
    title = f"Vault {name}, {choice.vault}"
    try:
        reader = open_reader(choice)
        with patience(chain.hosts):
            reading = reader.read_vault()
            bypasses = reader.read_bypasses(reading)
    except FourthSignerError as error:
        parts[title] = [check_error("vault", error)]
        return
    parts[title] = list(examine_vault(reading, bypasses, choice.signer, now))
    parts[title].append(_examine_companions(reader, reading, chain.hosts))


def _examine_companions(reader: VaultReader, reading: VaultReading, hosts: Sequence[str]) -> Check:
    """Return whether this release's companions are where its vaults expect them."""
    companions = release_companions()
    try:
        with patience(hosts):
            evidence = reader.require_companions(reading, companions)
    except FourthSignerError as error:
        return check_error("companions", error)
    said = f"All {len(companions)} are where this release has them, {evidence.name.lower()}."
    return Check(subject=Shown("companions"), severity=Severity.INFO, sentence=Shown(said))
