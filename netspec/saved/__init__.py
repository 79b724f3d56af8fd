"""Run folders as they are read before anything is loaded: safely, and without torch."""
