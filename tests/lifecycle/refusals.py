"""Errors as values: what the model predicts and what the chain gave are compared, encoded and told as these."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from verifier.errors.operations import CallFailed
from verifier.errors.revert import from_revert, signature_of
from verifier.errors.tree import VaultError
from verifier.errors.words import hints_of, type_of

Facts = tuple[str, tuple[Any, ...]]
"""The name of an error and its arguments, in the order of the interface."""


def facts_of(error: VaultError) -> Facts:
    return type(error).__name__, tuple(getattr(error, field.name) for field in fields(error))


def revert_data_of(error: VaultError) -> bytes:
    """Return the bytes with which the vault reverts."""
    types = [type_of(hint) for hint in hints_of(type(error)).values()]
    return keccak(signature_of(type(error)).encode("ascii"))[:4] + encode(types, facts_of(error)[1])


def names_of(error: VaultError) -> list[str]:
    """Return the error's name, and that of the reason inside it where a call of an operation failed."""
    names = [type(error).__name__]
    if isinstance(error, CallFailed):
        names.append(f"CallFailed/{type(from_revert(error.reason)).__name__}")
    return names
