"""What the screens are offered beside signing, made when it is first asked for: most readers never do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from verifier.tui.source import Drafting, Source

if TYPE_CHECKING:
    from verifier.cli.terminal_vault import VaultActs


def with_offers(source: Source, make: Callable[[], VaultActs], *, has_key: bool) -> Source:
    """Return what the screens may ask for, with what can be done about the vault as such.

    :param has_key: whether anything can be sent; without, operations are drafted all the same
    """
    acts = cache(make)
    drafting = Drafting(
        read=lambda text: acts().read(text),
        write=lambda text, calls: acts().write(text, calls),
        encode=lambda calls: acts().encode(calls),
        draft=lambda calls: acts().draft(calls),
        propose=(lambda draft, typed: acts().propose(draft, typed)) if has_key else None,
    )
    return replace(
        source,
        drafting=drafting,
        hash_findings=lambda text: acts().hash_findings(text),
        suspend=(lambda address, is_lapse: acts().suspend(address, is_lapse)) if has_key else None,
        review=(lambda *asked: acts().review(*asked)) if has_key else None,
    )
