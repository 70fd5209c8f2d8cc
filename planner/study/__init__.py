"""Many solves: what a plan would be if something else were so."""
