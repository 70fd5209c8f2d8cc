"""Rolls: nothing changed, nothing changes."""
