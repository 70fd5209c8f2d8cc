"""Sixteen replays of how real fleets and token volumes grew."""
