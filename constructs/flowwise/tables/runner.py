"""What is on the machine of a pipeline's runner: one image, and a few tools, each in one version.

Versions and checksums are those that public repositories which install the same agree on (September 2026), for lack of
a page that lists them; the machine takes nothing else, so a wrong one is no runner, and never another program. GitHub
gives no job to a runner that is more than 30 days behind ("Self-hosted runners reference"): raise the version monthly.
"""

from dataclasses import dataclass

UBUNTU = "20260901"
"""Serial number of Ubuntu 24.04's image, which Canonical publishes on the three clouds ("Find Ubuntu images")."""

AWS_IMAGE = f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-{UBUNTU}"
"""Its name on AWS."""

UBUNTU_MIRROR = "https://mirrors.edge.kernel.org/ubuntu"
"""Ubuntu's own mirrors have no HTTPS, and nothing else leaves the networks; apt checks the archive's signatures."""

SIZE = "small"
"""Size of the machine, in the words of `NODE_SIZES`: two vCPUs, of which Terraform keeps one busy."""

DISK_GB = 32
"""Disk of the machine, where it is no part of it: the image, the tools, and providers of about 1 GB."""


@dataclass(frozen=True)
class Tool:
    """A file to install, by its version, and the SHA-256 that it has to have."""

    version: str
    sha256: str


GITHUB_RUNNER = Tool("2.337.0", "70920811a4f8ad4328818682bca5c6469c1c942fab52448868071d0063816613")
"""actions-runner-linux-x64 of github.com/actions/runner."""

AWS_CLI = Tool("2.36.11", "50fbb7a2f44a78eab4a210088040e8f0bc4b9937cac8043c2354269d58614df6")
"""awscli-exe-linux-x86_64.zip of awscli.amazonaws.com."""

AZURE_CLI = "2.88.0-1~noble"
"""Package of Microsoft's archive, which apt checks by this key ("Install the Azure CLI on Linux")."""

MICROSOFT_KEY = "BC528686B50D79E339D3721CEB3E94ADBE1229CF"
"""Fingerprint of the key."""
