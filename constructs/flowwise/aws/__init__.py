"""What modules on AWS have in common."""
