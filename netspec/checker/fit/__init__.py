"""How data, network, loss and training fit together."""
