"""Pruning: channels that matter least are removed from a network and its weights, or single weights are set to 0."""
