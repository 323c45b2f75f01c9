"""What differs between two arrangements of a vault, and the operations that lead from one to the other."""
