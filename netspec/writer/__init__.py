"""Networks as the text of specs: labels, scopes, blocks and loops."""
