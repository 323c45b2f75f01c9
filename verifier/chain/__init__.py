"""Reading and writing a chain through endpoints that may lie: agreement, hashes and proofs decide what is believed."""
