"""Studies: trials of a spec, whose settings a search method proposes; without torch."""
