"""What Checkov is told of all pods of ours that run somebody else's image."""

from typing import Any

from flowwise.authoring.module import Module


def skip_pod_checks(module: Module[Any, Any], *, has_cpu_limit: bool = False) -> None:
    """Have it leave out, for the block that is added next, what is decided the same way for all of them."""
    if not has_cpu_limit:
        module.skip_check(
            "CKV_K8S_11", "A limit would slow it down while processors are idle; what it asks for is kept."
        )
    module.skip_check("CKV_K8S_15", "The tag is never moved, and a node that has the image needs no registry.")
    module.skip_check("CKV_K8S_43", "Images are pinned by the tags that one table lists with their sources.")
