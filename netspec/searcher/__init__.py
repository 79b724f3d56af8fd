"""Studies: trials whose settings a search method proposes; without torch."""
