"""The machine that a run computes on: devices, memory, versions."""
