"""Trained networks as files for other programs: written, loaded again, and compared with the network."""
