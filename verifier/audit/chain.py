"""The links of the audit log. How they are made is the model's, since the record of releases has the same."""

from verifier.model.hash_chain import DOMAIN, GENESIS, HashChain, canonical, hash_of

__all__ = ["DOMAIN", "GENESIS", "HashChain", "canonical", "hash_of"]
