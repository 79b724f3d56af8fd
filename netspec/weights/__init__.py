"""Weights from elsewhere: downloads of pretrained ones, and files of torch.save converted to safetensors."""
