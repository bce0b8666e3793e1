"""What stands in `infra/` besides HCL, and the whole of it: READMEs, tests, usage, the CLI's manifest, a chart."""
