"""Replay: how a way of planning would have done on a history, period by period."""
