"""From a reviewed file to a vault on a chain: the plan, the gate that two people open, and the sending."""
