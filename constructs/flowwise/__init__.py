"""Flow Wise's building blocks: one folder per service, its contract once, one file per cloud."""
