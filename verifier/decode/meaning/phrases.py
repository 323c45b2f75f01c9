"""Functions that give somebody a say, told by a row of a table: whom, over what, and in which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from verifier.decode.meaning.scene import Meant, Scene, listed
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Allowance, Authority, AuthorityKind, Effect
from verifier.model.text import sanitise, show_bytes
from verifier.model.units import Amount

# So many accounts of one list become effects; a longer one is said to be cut.
_MOST: Final = 64
_PADDING: Final = bytes(12)
_COMMA: Final = re.compile(r",(?=[,.:;])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What one function does, in words that have its arguments in braces, and `here` for the contract."""

    kind: AuthorityKind
    says: str
    # The argument that is who gains or loses it: an address, a list of them, or bytes that hold one.
    who: str = ""
    # The argument that is the contract which it is about, where that is not the one that is called.
    of: str = ""
    # The argument that is told besides.
    detail: str = ""
    # The argument that says whether it is given; if not, it is taken back.
    unless: str = ""


def meaning_of(phrase: Phrase) -> Callable[[Scene], Meant]:
    """Return the meaning of the function that a phrase is about."""

    def meaning(scene: Scene) -> Meant:
        a = scene.arguments
        is_given = not phrase.unless or bool(a[phrase.unless])
        said = _in_words(phrase.says, scene)
        if not is_given:
            said = f"Takes back, if it was so: {said[0].lower()}{said[1:]}"
        taken_back = AuthorityKind.ROLE_REVOKED if phrase.who else AuthorityKind.SETTING
        kind = phrase.kind if is_given else taken_back
        accounts = list(_accounts(a[phrase.who])) if phrase.who else [None]
        effects = tuple(_effect(scene, phrase, kind, account) for account in accounts[:_MOST])
        return Meant(said=said, effects=effects, unread=max(0, len(accounts) - _MOST))

    return meaning


def _effect(scene: Scene, phrase: Phrase, kind: AuthorityKind, account: Address | None) -> Effect:
    a = scene.arguments
    detail = a[phrase.detail] if phrase.detail else None
    if detail is None and account is None and phrase.who and isinstance(a[phrase.who], bytes):
        detail = a[phrase.who]
    return Authority(
        target=a[phrase.of] if phrase.of else scene.target,
        kind=kind,
        account=account,
        detail=detail if isinstance(detail, int | bytes) else None,
        where=a.where(),
    )


def _accounts(value: Any) -> Iterator[Address | None]:
    if isinstance(value, Address):
        yield value
    elif isinstance(value, bytes):
        yield account_in(value)
    else:
        for item in value:
            yield from _accounts(item)


def account_in(word: bytes) -> Address | None:
    """Return the account that bytes for another chain hold; None where they hold no address as this chain has them.

    A word with zeros in front, 20 bytes alone, or 20 bytes and those of the sender's side behind them.
    """
    if len(word) == 32 and word.startswith(_PADDING) and any(word):
        return Address(word[12:])
    if len(word) in (20, 40):
        return Address(word[:20])
    return None


def _in_words(says: str, scene: Scene) -> str:
    """Return a phrase with its arguments; what explains one ends with a comma, but not before another mark."""
    return _COMMA.sub("", says.format_map(_Words(scene)))


class _Words(dict[str, str]):
    """The arguments as a phrase shows them, each when it is asked for."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(here=scene.here, caller=scene.names.name(scene.caller))
        self._scene = scene

    def __missing__(self, name: str) -> str:
        return show(self._scene, self._scene.arguments[name])


def show(scene: Scene, value: Any) -> str:
    if isinstance(value, Address):
        return scene.names.name(value) if value != NOBODY else f"{scene.names.name(value)}, which is nobody,"
    if isinstance(value, bytes):
        account = account_in(value) if len(value) >= 20 else None
        return f"{show_bytes(value)}, which is {scene.names.name(account)}," if account else show_bytes(value)
    if isinstance(value, tuple):
        return listed(value, lambda item: show(scene, item)) or "nothing"
    return sanitise(str(value), most=60)


def operator(says: str, *, who: str, owner: str = "", on: str = "", of: str = "") -> Callable[[Scene], Meant]:
    """Return the meaning of a function that lets somebody act for an owner in all that a contract keeps for it.

    :param owner: the argument that is the owner; who calls, where there is none
    :param on: the argument that says whether it is given or taken back
    :param of: the argument that is the contract which keeps it
    """

    def meaning(scene: Scene) -> Meant:
        a = scene.arguments
        is_given = not on or bool(a[on])
        said = _in_words(says, scene)
        if not is_given:
            said = f"Takes back, if it was so: {said[0].lower()}{said[1:]}"
        allowance = Allowance(
            token=a[of] if of else scene.target,
            owner=a[owner] if owner else scene.caller,
            spender=a[who],
            amount=None if is_given else Amount(0),
            where=a.where(),
        )
        return Meant(said=said, effects=(allowance,))

    return meaning
