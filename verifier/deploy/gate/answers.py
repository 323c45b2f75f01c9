"""JSON of GitHub's API, taken apart strictly: what is missing, or of another kind, is refused and not guessed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

MOST_BYTES: Final = 64 * 1024 * 1024
_USUAL_PAGE: Final = 30
_Kind = TypeVar("_Kind")


class AnswerUnfitError(Exception):
    """What is wrong with an answer; whoever knows its file makes an error of the tree of it."""


def parse_answer(content: bytes) -> Any:
    """:raises AnswerUnfitError: it is no JSON, or says something twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name comes twice")
        return dict(pairs)

    if len(content) > MOST_BYTES:
        raise AnswerUnfitError(f"it has more than {MOST_BYTES} bytes")
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as exc:
        raise AnswerUnfitError("it is no JSON, or says something twice") from exc


def field_of(row: Any, name: str, kind: type[_Kind]) -> _Kind:
    """Return a field of a kind.

    :raises AnswerUnfitError: there is none, or of another kind.
    """
    found = row.get(name) if isinstance(row, dict) else None
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise AnswerUnfitError(f"it should say `{name}`, as GitHub's API does")
    return found


def rows_of(pages: Sequence[Any], size: int, *, is_whole: bool = True) -> list[dict[str, Any]]:
    """Return the rows of a list that comes in pages.

    A page that is as long as the ones before it may not be the last: what is missing behind it nobody can tell. A
    single one of 30 rows may not be either, which is how long GitHub's pages are where nobody asks for longer ones. An
    empty page at the end shows that nothing follows.

    :param size: how long a page is at most
    :param is_whole: whether the list has to be here to its end
    :raises AnswerUnfitError: it is no list of objects, or may go on.
    """
    rows: list[dict[str, Any]] = []
    for at, page in enumerate(pages):
        if not isinstance(page, list) or not all(isinstance(row, dict) for row in page):
            raise AnswerUnfitError("it should be a list of objects, one page of GitHub's answer")
        if len(page) > size:
            raise AnswerUnfitError(f"a page has more than {size} rows, so it is not as GitHub sent it")
        is_last = at == len(pages) - 1
        if len(page) != len(pages[0]) and not (is_last and len(page) < len(pages[0])):
            raise AnswerUnfitError(f"page {at + 1} is not as long as the first, and is not the last")
        rows.extend(page)
    if is_whole:
        _require_end(pages, size)
    return rows


def _require_end(pages: Sequence[Any], size: int) -> None:
    """:raises AnswerUnfitError: more may follow."""
    last = len(pages[-1]) if pages else size
    is_open = last in (size, _USUAL_PAGE) if len(pages) < 2 else last == len(pages[0])
    if is_open:
        why = f"its last page is full, so that more may follow; fetch the next one too, with per_page={size}"
        raise AnswerUnfitError(why)
