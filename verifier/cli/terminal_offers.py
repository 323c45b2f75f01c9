"""What the screens are offered beside signing, made when it is first asked for: most readers never do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from verifier.tui.source import Drafting, Source, Watching

if TYPE_CHECKING:
    from verifier.cli.terminal_vault import VaultActs
    from verifier.cli.terminal_watch import WatchDesk
    from verifier.model.text import Shown


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


def with_watching(source: Source, make: Callable[[], WatchDesk]) -> Source:
    """Return what the screens may ask for, with what they may ask about whoever watches the vault."""
    desk = cache(make)

    def own_name() -> Shown:
        from verifier.cli.terminal_watch import own_name

        return own_name()

    watching = Watching(
        look=lambda: desk().look(),
        tellings=lambda episode: desk().tellings(episode),
        acknowledge=lambda number, who: desk().acknowledge(number, who),
        own_name=own_name,
        verify=lambda passed: desk().verify(passed),
    )
    return replace(source, watching=watching)
