"""Taking the tables of a strict TOML file apart: every key is known, every value of its kind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from typing import Any, Final

MOST_BYTES: Final = 256 * 1024
_SHOWN: Final = 60
_PATH: Final = re.compile(r"[A-Za-z0-9._@+][A-Za-z0-9._@+ -]*(?:/[A-Za-z0-9._@+][A-Za-z0-9._@+ -]*)*")


class UnfitError(Exception):
    """What is wrong, in words; whoever reads a file makes an error of the tree of it."""


def read_toml(content: bytes) -> tuple[str, dict[str, Any]]:
    """Return a file's text, and what it says.

    :raises UnfitError: it is no TOML, or too long.
    """
    if len(content) > MOST_BYTES:
        raise UnfitError(f"it has more than {MOST_BYTES} bytes")
    try:
        written = content.decode("utf-8")
        return written, tomllib.loads(written)
    except UnicodeDecodeError as exc:
        raise UnfitError(f"byte {exc.start} is no UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise UnfitError(f"it is no TOML: {exc}") from exc
    except (RecursionError, ValueError) as exc:
        raise UnfitError("it is no TOML that can be read") from exc


def table_of(
    content: Any, where: str, needed: Collection[str] | None = None, optional: Collection[str] = ()
) -> dict[str, Any]:
    """Return a table; with all that it needs, and nothing that is unknown, where `needed` says what may stand in it."""
    if not isinstance(content, dict):
        raise UnfitError(f"{where} should be a table")
    if needed is not None:
        for name in needed:
            if name not in content:
                raise UnfitError(f"{where} should say `{name}`")
        for name in content:
            if name not in needed and name not in optional:
                raise UnfitError(f"{where} says `{name[:_SHOWN]}`, which means nothing here")
    return content


def text_of(content: dict[str, Any], name: str, where: str, form: re.Pattern[str] | None = None) -> str:
    """Return a text of some form."""
    found = content[name]
    if not isinstance(found, str) or (form is not None and not form.fullmatch(found)):
        raise UnfitError(f"`{name}` of {where} is not what it should be")
    return found


def texts_of(
    content: dict[str, Any], name: str, where: str, form: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    """Return a list of texts of some form; none where it is left out."""
    found = content.get(name, [])
    if not isinstance(found, list):
        raise UnfitError(f"`{name}` of {where} should be a list")
    for each in found:
        if not isinstance(each, str) or (form is not None and not form.fullmatch(each)):
            raise UnfitError(
                f"`{name}` of {where} holds {str(each)[:_SHOWN]!r}, which is not what it should be"
            )
    return tuple(found)


def number_of(content: dict[str, Any], name: str, least: int, most: int, usual: int | None = None) -> int:
    """Return a whole number within bounds."""
    found = content.get(name, usual)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise UnfitError(f"`{name}` should be a whole number, {least} to {most}")
    return found


def truth_of(content: dict[str, Any], name: str, where: str, *, usual: bool | None = None) -> bool:
    """Return true or false."""
    found = content.get(name, usual)
    if not isinstance(found, bool):
        raise UnfitError(f"`{name}` of {where} should be true or false")
    return found


def path_in(path: str) -> str:
    """Return the path of a file or folder of the repository, as git writes it."""
    if not _PATH.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
        raise UnfitError(f"{path[:_SHOWN]!r} should be a path in the repository, such as scripts/deploy.py")
    return path
