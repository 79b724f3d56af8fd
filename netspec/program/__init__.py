"""The checked program: the contract between the checker and everything that runs."""
