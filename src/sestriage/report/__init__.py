"""Renderers, one file each; they see the model only."""
