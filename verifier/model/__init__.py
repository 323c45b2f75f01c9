"""The words of the product as types: what a vault, an operation and a member are. Values only, no decisions."""
