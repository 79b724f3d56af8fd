"""The surface of the language: text or JSON to tree, and the tree back to either."""
