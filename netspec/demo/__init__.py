"""Pages on this machine to try trained networks."""
