"""`fourth-signer serve` in a real Chromium without a window, against a real node and vault."""
