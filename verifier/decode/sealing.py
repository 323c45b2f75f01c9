"""Making an Argument of a value and its place.

Hostile data has thousands, so they are made as a frozen dataclass makes itself, by setting its fields past its own
`__setattr__`, but without looking each field up again: it takes less than half of the time.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

from verifier.model.call import AbiValue, Argument
from verifier.model.finding import ByteRange

_new: Final = object.__new__
_value_of: Final = attrgetter("value")


def setter(of: type, field: str) -> Any:
    """Return what sets a field of a new object."""
    return getattr(of, field).__set__


_set_start, _set_stop = (setter(ByteRange, field) for field in ("start", "stop"))
_set_name, _set_type, _set_word, _set_value, _set_where, _set_children = (
    setter(Argument, field) for field in ("name", "type", "word", "value", "where", "children")
)


def seal_leaf(name: str, type_: str, word: str, value: AbiValue, start: int, stop: int) -> Argument:
    """Return a value that has no children."""
    where = _new(ByteRange)
    _set_start(where, start)
    _set_stop(where, stop)
    leaf = _new(Argument)
    _set_name(leaf, name)
    _set_type(leaf, type_)
    _set_word(leaf, word)
    _set_value(leaf, value)
    _set_where(leaf, where)
    _set_children(leaf, ())
    return leaf


def seal_branch(
    name: str, type_: str, word: str, children: tuple[Argument, ...], start: int, stop: int
) -> Argument:
    """Return a tuple or an array, whose value is that of its children."""
    branch = seal_leaf(name, type_, word, tuple(map(_value_of, children)), start, stop)
    _set_children(branch, children)
    return branch
