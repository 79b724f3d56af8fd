"""The speed of netspec against other ways to do the same work."""
