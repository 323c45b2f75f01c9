"""All descriptors at hand, found by what they are bound to: a chain and an address, or the code that a proxy runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.decode.content import Json, UnfitError
from verifier.decode.descriptors.describe import describe
from verifier.decode.descriptors.document import Document, Place
from verifier.decode.descriptors.messages import (
    Message,
    is_of_domain,
    read_message,
    root_of_message,
)
from verifier.decode.descriptors.nodes import root_of
from verifier.decode.descriptors.surroundings import Surroundings
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import Function
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.call import Argument
from verifier.model.description import Description, Refusal
from verifier.model.evidence import Evidence
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId, Wei

_NOBODY: Final = Shown("typed data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What describes one function of one contract."""

    document: Document
    # Of its format.
    key: str
    function: Function
    # What else a reader has to know, such as what it is bound to.
    notes: tuple[Shown, ...] = ()

    @property
    def source(self) -> Shown:
        return self.document.source

    def describe(self, arguments: tuple[Argument, ...], surroundings: Surroundings) -> Description | Refusal:
        """Return what the descriptor says of a call's arguments, or why it cannot be followed."""
        try:
            root = root_of(arguments, self.function.inputs)
        except UnfitError as exc:
            return Refusal(source=self.source, why=sanitise(str(exc)))
        return _noted(describe(self.document, self.key, root, surroundings), self.notes)


class Descriptors:
    """Descriptors by place. Where several are about one thing, the first one by its file is taken, and says so.

    Where one of this release is, no other one counts: nobody else's words apply to the vault.
    """

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        ordered = sorted(documents, key=lambda document: document.source)
        places: dict[Place, list[Document]] = {}
        for document in ordered:
            for place in document.places if document.functions else ():
                places.setdefault(place, []).append(document)
        self._places: Mapping[Place, list[Document]] = places
        self._documents = tuple(document for document in ordered if document.messages)

    def find(
        self, chain_id: ChainId, address: Address, implementation: Address | None, selector: bytes
    ) -> Descriptor | None:
        """Return what describes a function: of the contract itself, else of the code that it is proven to run."""
        for place in (address, implementation):
            if place is None:
                continue
            bound = _best(self._places.get((chain_id, place), ()))
            found = [document for document in bound if selector in document.functions]
            if found:
                key, function = found[0].functions[selector]
                notes = _rivals(found)
                if place != address:
                    notes = (Shown(f"It is about {place}, whose code runs at this address."), *notes)
                return Descriptor(document=found[0], key=key, function=function, notes=notes)
        return None

    def describe_message(
        self,
        typed: Json,
        *,
        lexicon: Lexicon,
        signer: Address | None = None,
        implementation: Address | None = None,
    ) -> Description | Refusal | None:
        """Return what a descriptor says of typed data, or why it cannot be followed; None where there is none.

        :param typed: as `eth_signTypedData_v4` takes it
        :param implementation: whose code the verifying contract is proven to run
        """
        try:
            message = read_message(typed)
            bound = [document for document in self._documents if _is_bound(document, message, implementation)]
            typehash = message.type.typehash
            found = [document for document in _best(bound) if typehash in document.messages]
            if not found:
                return None
            document = found[0]
            key, _ = document.messages[typehash]
            chain_id, contract = message.chain_id, message.contract
            if chain_id is None or contract is None:
                why = Shown("the domain names no chain, or no contract")
                return Refusal(source=document.source, why=why)
            surroundings = Surroundings(
                chain_id=chain_id, to=contract, value=Wei(0), sender=signer, lexicon=lexicon
            )
            described = describe(document, key, root_of_message(message), surroundings)
            return _noted(described, _rivals(found))
        except UnfitError as exc:
            return Refusal(source=_NOBODY, why=sanitise(str(exc)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorBook:
    """The descriptors as they apply on one chain, with what is known of the accounts there."""

    descriptors: Descriptors
    chain_id: ChainId
    accounts: Mapping[Address, AccountReading]

    def find(self, address: Address, selector: bytes) -> Descriptor | None:
        """Return what describes a function of a contract."""
        return self.descriptors.find(self.chain_id, address, self._implementation(address), selector)

    def function_of(self, address: Address, selector: bytes) -> Function | None:
        """Return a function of a contract, with the names that its descriptor has for the arguments."""
        found = self.find(address, selector)
        return found.function if found is not None and found.document.names else None

    def describe(
        self,
        target: Address,
        data: bytes,
        *,
        lexicon: Lexicon,
        value: Wei,
        sender: Address | None = None,
    ) -> Description | Refusal | None:
        """Return what a descriptor says of a call, or why it cannot be followed; None where there is none."""
        found = self.find(target, data[:4])
        if found is None:
            return None
        surroundings = Surroundings(
            chain_id=self.chain_id, to=target, value=value, sender=sender, lexicon=lexicon
        )
        plan = found.function.plan
        if plan.decode(data, 4).values is None:
            return Refusal(source=found.source, why=Shown("the data cannot be read as its arguments"))
        return found.describe(plan.arguments_of(data, 4), surroundings)

    def _implementation(self, address: Address) -> Address | None:
        """Return whose code an account runs, where that is proven: another one's descriptor is no guess then."""
        account = self.accounts.get(address)
        known = account.implementation if account is not None else None
        return known.value if known is not None and known.evidence is Evidence.PROVEN else None


def _best(documents: Sequence[Document]) -> list[Document]:
    """Return those that are believed most."""
    most = max((document.evidence for document in documents), default=Evidence.CLAIMED)
    return [document for document in documents if document.evidence is most]


def _is_bound(document: Document, message: Message, implementation: Address | None) -> bool:
    """Whether a descriptor is about messages of this domain: by a place, or at least by the hash of the domain."""
    if not is_of_domain(document, message):
        return False
    chain_id, contract = message.chain_id, message.contract
    if document.places:
        if chain_id is None or contract is None:
            return False
        known = [place for place in (contract, implementation) if place is not None]
        return any((chain_id, place) in document.places for place in known)
    return document.separator is not None or {"chainId", "verifyingContract"} <= document.domain.keys()


def _rivals(documents: list[Document]) -> tuple[Shown, ...]:
    if len(documents) < 2:
        return ()
    others = ", ".join(document.source for document in documents[1:4])
    more = f" and {len(documents) - 4} more" if len(documents) > 4 else ""
    return (Shown(f"Others describe the same, perhaps differently: {others}{more}."),)


def _noted(described: Description | Refusal, notes: tuple[Shown, ...]) -> Description | Refusal:
    if isinstance(described, Refusal):
        return described
    return replace(described, notes=(*notes, *described.notes))
