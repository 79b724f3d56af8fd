"""The network of a spec, as a graph of operations with proven shapes."""
