"""Keeps what somebody wrote on the chain from becoming markup, a link or a shout in whatever chat shows it.

A message is one text for services that read it in ten ways: HTML, three kinds of Markdown, or plain. None of them has
an escape that the others do not show. So what any of them takes for markup is written as the sanitiser writes what it
does not show, and names that look like sites are broken as people break them when they warn of a site.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.model.text import Shown

# HTML and Slack; links and emphasis of Markdown; mentions; headings and channels; spoilers and tables; strike-through.
_ACTIVE: Final = re.compile(r"[<>\[\]*_@#|~`]")
# Such as `evil.example`: several clients make a link of it by themselves.
_SITE: Final = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z])")
_SCHEME: Final = re.compile(r":(?=//)")
# What would begin a quotation, a list or a heading at the start of a line.
_LEAD: Final = re.compile(r"^(?=[-+=>]|[0-9]+[.)])")
_OWN: Final = re.compile(r"`(fourth-signer [a-zA-Z0-9 _-]+)`")
"""Our own commands in a sentence: quoted plainly."""


def defang(line: Shown) -> Shown:
    """Return a line that no chat takes for anything but text."""
    parts = _OWN.split(line)
    # Every other part is a command.
    plain = "".join(f"'{part}'" if i % 2 else _plain(part) for i, part in enumerate(parts))
    return Shown(_LEAD.sub(" ", plain))


def _plain(text: str) -> str:
    plain = _ACTIVE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
    return _SITE.sub("(.)", _SCHEME.sub("(:)", plain))
