"""Terraform roots and modules: what becomes a folder under `infra/`."""
