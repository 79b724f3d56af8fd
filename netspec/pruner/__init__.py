"""Pruning: the channels that matter least, removed from a network and its weights."""
