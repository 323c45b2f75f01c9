"""Symbolic proofs of the contracts: what they claim, the harnesses, and the machine that runs them."""
