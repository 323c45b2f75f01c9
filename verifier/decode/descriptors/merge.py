"""Joining a descriptor with the one that it includes. What the including one says comes first."""

from __future__ import annotations

from verifier.decode.content import MOST_DEPTH, Json, UnfitError


def merged(included: Json, including: Json) -> Json:
    """Return both as one. Tables are joined key by key, `fields` by their paths; anything else is taken whole.

    :raises UnfitError: they are nested too deeply.
    """
    return _merged(included, including, 0)


def _merged(base: Json, own: Json, depth: int) -> Json:
    if depth > MOST_DEPTH:
        raise UnfitError(f"it is nested deeper than {MOST_DEPTH} levels")
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    joined = dict(base)
    for key, part in own.items():
        before = base.get(key)
        if key == "fields" and isinstance(before, list) and isinstance(part, list):
            joined[key] = _joined_fields(before, part, depth + 1)
        elif key in base:
            joined[key] = _merged(before, part, depth + 1)
        else:
            joined[key] = part
    return joined


def _joined_fields(base: list[Json], own: list[Json], depth: int) -> list[Json]:
    """Return the fields of both: those with a path that both have are joined, and new ones come last."""
    joined = list(base)
    places: dict[str, int] = {}
    for i, field in enumerate(base):
        path = _path_of(field)
        if path is not None:
            places.setdefault(path, i)
    for field in own:
        path = _path_of(field)
        if path is not None and path in places:
            place = places[path]
            joined[place] = _merged(joined[place], field, depth)
        else:
            joined.append(field)
    return joined


def _path_of(field: Json) -> str | None:
    path = field.get("path") if isinstance(field, dict) else None
    return path.removeprefix("#.") if isinstance(path, str) else None
