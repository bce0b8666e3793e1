"""What modules on Azure have in common."""
