"""Readers of files that data comes in: text, tables, images and folders of images."""
