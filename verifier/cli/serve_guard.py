"""Who may look: a browser of this machine that was sent to this very address, and no page of another site in it.

A page from elsewhere could reach this port in two ways. It could open a socket to it, which browsers allow across
sites: so a socket has to come from a page of ours, by its Origin. And its own name could be made to mean this machine
(DNS rebinding), which makes it a page of ours to the browser: so whoever asks must call us by a name that means this
machine everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_OURS: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?")
"""Whatever the port: one that is forwarded from elsewhere is another one there."""


def is_our_name(hosts: Sequence[str]) -> bool:
    """Whether a request calls us by a name of ours.

    :param hosts: its `Host` headers, of which there must be one
    """
    return len(hosts) == 1 and _OURS.fullmatch(hosts[0].lower()) is not None


def is_our_page(hosts: Sequence[str], origins: Sequence[str]) -> bool:
    """Whether a request comes from a page of ours.

    :param origins: its `Origin` headers. Browsers always send one with a socket.
    """
    return is_our_name(hosts) and list(origins) == [f"http://{hosts[0]}"]


def headers_for(host: str) -> dict[str, str]:
    """Return what every answer says to the browser: to load nothing from elsewhere, to be framed by nobody, to keep
    nothing, and to open no other window, whatever looks like a link on the screens.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' ws://{host}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox allow-scripts allow-same-origin",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
