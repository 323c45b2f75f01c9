"""The signer's terminal: it shows and asks, and decides nothing. What it may know and do is handed to it."""
