"""Everything a spec may name: a folder for each kind, a file for each concept."""
