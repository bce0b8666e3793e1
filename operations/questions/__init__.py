"""What `make preflight` asks of each cloud's own tool: one list of questions for each."""
