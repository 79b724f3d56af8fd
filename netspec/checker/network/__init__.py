"""The network of a spec, interpreted line by line into a graph of operations with proven shapes."""
