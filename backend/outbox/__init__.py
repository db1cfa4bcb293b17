"""Effects that must happen, recorded in the transaction that causes them and published after it, at least once."""
