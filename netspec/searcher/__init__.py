"""Studies: many trials of one spec, whose settings a search method proposes; all of it without torch."""
