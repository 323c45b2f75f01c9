"""What this machine keeps for its signer: the configuration file, and the release that it came with."""
