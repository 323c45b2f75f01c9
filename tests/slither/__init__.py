"""Static analysis of the contracts by Slither, and what of its findings is accepted for which reason."""
