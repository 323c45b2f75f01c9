"""Which code a contract runs: proxies, beacons, their administrators, and diamonds."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Inner, Meant, Scene, Table, inner_call, listed
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.text import show_bytes

_ACTIONS: Final = ("adds", "replaces", "removes")


def _upgrade(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    proxy: Address = a.get("proxy", scene.target)
    at = "implementation" if "implementation" in a else "newImplementation"
    code: Address = a[at]
    said = f"{_makes(scene)} {names.name(proxy)} run the code of {names.name(code)} from then on."
    effect = Authority(
        target=proxy,
        kind=AuthorityKind.CODE,
        account=code,
        where=a.where(*(["proxy"] if "proxy" in a else []), at),
    )
    return Meant(said=said, effects=(effect,), inner=_first_call(scene, proxy, code))


def _makes(scene: Scene) -> str:
    return f"Through {scene.here}, makes" if "proxy" in scene.arguments else "Makes"


def _first_call(scene: Scene, account: Address, code: Address) -> tuple[Inner, ...]:
    """Return the call that an upgraded account makes of its new code, which runs as its own."""
    a = scene.arguments
    if "data" not in a or not a["data"]:
        return ()
    return (inner_call(account, code, a.part("data"), is_delegate=True),)


def _change_admin(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    proxy: Address = a.get("proxy", scene.target)
    said = f"{_makes(scene)} {names.name(a['newAdmin'])} the one who decides which code {names.name(proxy)} runs."
    effect = Authority(target=proxy, kind=AuthorityKind.ADMIN, account=a["newAdmin"], where=a.where())
    return Meant(said=said, effects=(effect,))


def _upgrade_beacon(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = f"Lets {names.name(a['newBeacon'])} say which code {scene.here} runs from then on."
    effect = Authority(
        target=scene.target, kind=AuthorityKind.CODE, account=a["newBeacon"], where=a.where("newBeacon")
    )
    return Meant(said=said, effects=(effect,))


PROXY: Final[Table] = {
    "upgradeTo": _upgrade,
    "upgradeToAndCall": _upgrade,
    "upgrade": _upgrade,
    "upgradeAndCall": _upgrade,
    "changeAdmin": _change_admin,
    "changeProxyAdmin": _change_admin,
    "upgradeBeaconToAndCall": _upgrade_beacon,
}


def _diamond_cut(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    cuts = list(a.structs("cuts"))
    effects = tuple(
        Authority(
            target=scene.target,
            kind=AuthorityKind.CODE,
            account=None if cut["facetAddress"] == NOBODY else cut["facetAddress"],
            detail=cut["action"],
            where=cut.where("facetAddress", "action"),
        )
        for cut in cuts
    )

    def show(cut: Fields) -> str:
        action = cut["action"]
        does = _ACTIONS[action] if action < len(_ACTIONS) else f"does what no diamond does ({action}) with"
        which = listed(cut["functionSelectors"], show_bytes) or "nothing"
        return f"{does} {which} with the code of {names.name(cut['facetAddress'])}"

    said = (
        f"Changes the code that {scene.here} runs: it {listed(cuts, show, between='; ') or 'changes nothing'}"
    )
    inner: tuple[Inner, ...] = ()
    if a["init"] != NOBODY:
        inner = (inner_call(scene.target, a["init"], a.part("data"), is_delegate=True),)
        said += f". Then it runs the code of {names.name(a['init'])} as its own"
    return Meant(said=f"{said}.", effects=effects, inner=inner)


DIAMOND: Final[Table] = {"diamondCut": _diamond_cut}
