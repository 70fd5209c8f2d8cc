"""What was found wrong in the first version, each with the right value."""
