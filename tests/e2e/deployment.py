"""A copy of the repository with one environment on AWS, and the commands that deploy it to an emulator."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from flowwise.tables.naming import known_name
from flowwise.tables.vendor_keys import RUNNER_KEY
from tests.e2e.emulator import ACCOUNT, REGION, Emulator
from tests.e2e.files import DNS_ZONE, without_databases
from tests.environments.texts import OWN_SECRETS
from tests.offline import attached_environment, offline_environment
from tests.trees import write_tree_of
from tests.workspace import copy_of_repository, without_colours

NAME = "e2e"
BUCKET = known_name("s3_state_bucket", f"flowwise-{NAME}", owner="flowwise")
STATE = "platform.tfstate"
ROOTS = {STATE: "", "workloads.tfstate": "workloads"}
ADMINISTRATORS = {"platform-team": f"arn:aws:iam::{ACCOUNT}:role/platform-team"}
READERS = {"analysts": {"identifier": f"arn:aws:iam::{ACCOUNT}:role/analysts", "services": ["lancamentos"]}}
_SMALL_PLATFORM = Path(__file__).with_name("small_platform.tf")
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nnone is needed\n-----END CERTIFICATE-----\n"
# The emulator is one host, so a bucket is in the path and not in the name of the host. Nothing else is overridden.
_PATH_STYLE = f"""data "terraform_remote_state" "platform" {{
  config = {{
    bucket         = "{BUCKET}"
    key            = "platform.tfstate"
    region         = "{REGION}"
    use_path_style = true
  }}
}}
"""


@dataclass(frozen=True)
class Deployment:
    """Commands are run as a pipeline runs them, but for where AWS is.

    Terraform starts the providers, or attaches to some that run already, which takes less long and no signal reaches.
    """

    repository: Path
    emulator: Emulator
    attached: bool = False

    @property
    def root(self) -> Path:
        return self.repository / "infra" / "environments" / NAME

    def environment(self) -> dict[str, str]:
        variables: Mapping[str, object] = {
            "account_id": ACCOUNT,
            "secret_values": dict.fromkeys((RUNNER_KEY, *OWN_SECRETS), "a-key-of-others"),
            "administrators": ADMINISTRATORS,
            "database_readers": READERS if self._has_databases() else {},
            "images": {name: f"registry.example/{name}:1.0.0" for name in ("lancamentos", "consolidacao")},
            "database_ca_certificate": _CERTIFICATE if self._has_databases() else "",
        }
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}
        return {
            **os.environ,
            **(attached_environment(real=True, **self._of_providers()) if self.attached else offline_environment()),
            **self._of_providers(),
            **{f"TF_VAR_{name}": value for name, value in texts.items()},
            "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
            **dict.fromkeys(("TF_CLI_ARGS_apply", "TF_CLI_ARGS_destroy"), "-parallelism=100"),  # most of it is waiting
            "TF_IN_AUTOMATION": "1",
            "PYTHONPATH": str(self.repository / "constructs"),
            "CI": "1",
        }

    def _has_databases(self) -> bool:
        file = self.repository / "environments" / f"{NAME}.toml"
        return file.exists() and "[postgres]" in file.read_text()

    def _of_providers(self) -> dict[str, str]:
        return {**self.emulator.environment(), "OFFLINE_EPHEMERAL_VALUES": str(self.repository / "made.jsonl")}

    def write(self, text: str) -> None:
        """Have this be the environment's file, and synthesise."""
        for file in (self.repository / "environments").glob("*.toml"):
            file.unlink()
        (self.repository / "environments" / f"{NAME}.toml").write_text(text)
        write_tree_of(self.repository / "environments", self.repository / "infra")
        (self.root / "workloads" / "platform_override.tf").write_text(_PATH_STYLE)

    def begin(self) -> None:
        """Have AWS have what the environment's first day makes that a deploy needs, and a domain."""
        self.emulator.create_bucket(BUCKET)
        self.emulator.create_policy(f"pipeline-flowwise-{NAME}-boundary")
        self.emulator.create_public_zone(DNS_ZONE)

    def states(self) -> dict[str, bytes]:
        """All that the bucket of the state holds: states, and locks if there are any."""
        return self.emulator.objects(BUCKET)

    def state(self) -> str:
        """The platform's, as JSON; nothing if none was written."""
        return self.states().get(STATE, b"").decode()

    def unknown_to_its_state(self) -> list[str]:
        """What has the environment's tag, but for keys that are waiting for their deletion, and is not in the state."""
        state = self.state()
        keys = {id_ for _, id_ in self.emulator.encryption_keys()}
        unknown = [arn for arn in self.emulator.tagged(NAME) if re.split("[/:]", arn)[-1] not in state]
        return [arn for arn in unknown if ":kms:" not in arn or arn.rpartition("/")[2] in keys]

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self._run(["bash", "-euo", "pipefail", "-c", script], self.repository, variables)

    def cdktf(self, *arguments: str) -> str:
        return succeeded(self._run([str(self.repository / ".venv/bin/cdktf"), *arguments], self.repository))

    def terraform(self, *arguments: str, root: str = "") -> str:
        return succeeded(self.try_terraform(*arguments, root=root))

    def try_terraform(self, *arguments: str, root: str = "") -> subprocess.CompletedProcess[str]:
        return self._run(["terraform", *arguments, "-no-color"], self.root / root)

    def start_terraform(self, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """In a process group of its own, as a job of a pipeline is."""
        return self._start(log, self.root, ["terraform", *arguments, "-no-color"], {})

    def start(self, log: Path, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start one of the commands that deploy the platform, in the repository; otherwise the same."""
        return self._start(
            log, self.repository, list(command), {"TF_CLI_ARGS": "-no-color", "STACK": NAME, **variables}
        )

    def _start(
        self, log: Path, folder: Path, command: list[str], variables: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with log.open("w") as output:
            return subprocess.Popen(
                command,
                cwd=folder,
                env={**self.environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which a shell's & has it ignore
            )

    def has_no_changes(self, root: str = "") -> bool:
        planned = self.try_terraform("plan", "-detailed-exitcode", root=root)
        assert planned.returncode in (0, 2), planned.stdout
        if planned.returncode == 2:
            print(planned.stdout)
        return planned.returncode == 0

    def of_someone_else(self, folder: Path) -> "Deployment":
        """The same environment from another checkout."""
        shutil.copytree(self.repository / "infra", folder / "infra", symlinks=True)
        return replace(self, repository=folder)

    def _run(
        self, command: list[str], folder: Path, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            command,
            cwd=folder,
            env=self.environment() | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
        )
        return subprocess.CompletedProcess(command, result.returncode, without_colours(result.stdout))


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout
    return result.stdout


def new_deployment(repository: Path, emulator: Emulator, text: str, *, attached: bool = False) -> Deployment:
    """An environment that is written, has what its first day makes that it needs, and is initialised."""
    deployment = _written(repository, emulator, text, attached)
    for root in ROOTS.values():
        deployment.terraform("init", root=root)
    return deployment


def new_small_deployment(repository: Path, emulator: Emulator, *, attached: bool = False) -> Deployment:
    """The same of an environment whose platform is a small one, and which has no workloads."""
    deployment = _written(repository, emulator, without_databases(), attached)
    shutil.copyfile(_SMALL_PLATFORM, deployment.repository / "infra/aws/main.tf")
    for file in ("moved.tf", "outputs.tf"):
        (deployment.repository / "infra/aws" / file).unlink()
    (deployment.root / "imports.tf").unlink()
    outputs = deployment.root / "outputs.tf"
    outputs.write_text(
        "\n\n".join(block for block in outputs.read_text().split("\n\n") if "module.platform" not in block)
    )
    deployment.terraform("init")
    return deployment


def _written(repository: Path, emulator: Emulator, text: str, attached: bool) -> Deployment:
    repository.mkdir(exist_ok=True)
    deployment = Deployment(copy_of_repository(repository), emulator, attached)
    deployment.write(text)
    deployment.begin()
    return deployment
