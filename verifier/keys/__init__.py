"""What holds a member's key, or reaches the thing that does. No other room sees a secret."""
