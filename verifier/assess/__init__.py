"""Judgement. Here: the contract's own decisions as pure functions, which refuse with the contract's own errors."""
