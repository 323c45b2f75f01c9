"""The whole program in a pseudo-terminal, against a real node and vault."""
