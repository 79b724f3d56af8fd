"""The runner: trains programs, yields events, and loads runs from their folders."""
