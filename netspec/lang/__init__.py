"""The language: specs in text or JSON as trees, and trees as text or JSON."""
