"""What modules on Google Cloud have in common."""
