"""What modules inside the cluster have in common: how pods are installed, bounded, spread and kept apart."""
