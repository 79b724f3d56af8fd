"""The works: each a network and its data, and a spec with the same name that says the same."""
