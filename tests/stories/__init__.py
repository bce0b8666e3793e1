"""What a team does from day to day, counted."""
