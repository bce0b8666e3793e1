"""Prints the settings that make Terraform and the CDKTF CLI work offline, for a shell to evaluate."""

import shlex

from tests.offline.cli_config import offline_environment

for name, value in offline_environment().items():
    print(f"export {name}={shlex.quote(value)}")
