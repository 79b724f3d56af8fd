"""A mutation benchmark of the diagnostics: good specs, mistakes put into them, and what is said of each."""
