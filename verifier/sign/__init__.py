"""What is signed, computed from the operation itself, and who signed it. It sees no network, no disk and no clock."""
