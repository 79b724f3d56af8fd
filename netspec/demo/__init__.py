"""A page on this machine to try a trained network, with files of one's own and with drawings."""
