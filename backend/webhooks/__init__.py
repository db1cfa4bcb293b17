"""What providers tell us: checked, kept before it is acknowledged, then acted on once."""
