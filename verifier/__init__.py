"""The fourth signer reads an operation from the chain itself and says what it would do, before anyone signs."""
