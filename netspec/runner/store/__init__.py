"""The run folder and what is stored in it: spec, checkpoints, records."""
