"""What comes of a vault's file: whether the contract would take it, and what its people should know before it does."""
