"""The machine that a run uses: devices, memory, versions."""
