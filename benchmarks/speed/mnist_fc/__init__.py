"""A fully connected network on the full MNIST: the network, the arithmetic and the batches of specs/mnist_fc.net."""
