"""Near-optimal alternatives: what else could be done for little more than the cheapest plan."""
