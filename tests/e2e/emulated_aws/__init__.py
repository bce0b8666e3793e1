"""moto's server, with what the platform uses and moto lacks. Runs in moto's own virtual environment.

Each piece stores what it is sent and answers with it, as moto itself does; none knows what Terraform wants.
"""
