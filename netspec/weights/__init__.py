"""Pretrained weights downloaded, and files of torch.save converted to safetensors."""
