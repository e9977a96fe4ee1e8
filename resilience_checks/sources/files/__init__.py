"""What the Pulumi CLI writes: previews and states, read with their positions."""
