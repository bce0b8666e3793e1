"""What is done with the stacks of the environments, by people and by the pipelines alike. See `make help`.

Each command is a module that runs by `python -m operations.<name>`, behind a target of the Makefile.
"""
