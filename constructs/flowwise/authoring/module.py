"""The base of every building block: a construct that becomes one Terraform module folder."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

from cdk.core import Construct, TerraformElement, TerraformHclModule, TerraformResource
from flowwise.authoring.contract import Contract, InputsT, Outputs, OutputsT
from flowwise.authoring.declarations import given_values, members
from flowwise.authoring.expressions import text

P = ParamSpec("P")
Element = TypeVar("Element", bound=TerraformElement)
CalledOutputs = TypeVar("CalledOutputs", bound=Outputs)

_UNNAMED = "Default"
"""The construct id that CDKTF leaves out of the names that it makes: what lies in it is called by its own id alone."""


class TerraformFolder(Construct):
    """A construct whose elements become one folder of Terraform files, `folder`, relative to `infra/`.

    It names elements as a Terraform author would (`azurerm_subnet.nodes`, no hash), and keeps what JSON loses: the
    order of elements and of their arguments, and the comments. These are kept by construct id. What needs no class of
    CDKTF's, local values and ephemeral resources, it keeps itself: each construct is a call of another process.
    """

    def __init__(self, scope: Construct, folder: str) -> None:
        super().__init__(scope, _UNNAMED)
        self.folder = folder
        self.arguments: dict[str, tuple[str, ...]] = {}
        self.comments: dict[str, str] = {}
        self.locals: dict[str, Any] = {}
        self.ephemerals: dict[str, dict[str, Any]] = {}
        self.skipped_checks: dict[str, dict[str, str]] = {}
        self.called: list[type[Module[Any, Any]]] = []
        self.requirements: dict[str, dict[str, str]] = {}
        self.awaited: dict[str, list[str]] = {}
        self.counted: list[str] = []
        self._kinds: dict[str, list[str]] = {}
        self._comment: str | None = None
        self._skips: dict[str, str] = {}

    def resource(
        self,
        kind: Callable[Concatenate[Construct, str, P], Element],
        name: str,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Element:
        """Add a resource or data source called `<type>.<name>`; the other arguments are those of its class."""
        id_ = self._id(getattr(kind, "__name__", ""), name)
        element = kind(self, id_, *args, **kwargs)
        self._name(element, id_, name)
        self._remember(id_, kwargs)
        return element

    def ephemeral(self, type_: str, name: str, /, **arguments: Any) -> None:
        """Add an ephemeral resource, `ephemeral.<type>.<name>`, for which CDKTF has no class."""
        id_ = f"ephemeral.{type_}.{name}"
        # The path that CDKTF gives what has a class, by which the writer finds order and comment.
        metadata = {"metadata": {"path": f"{self.folder}/{id_}"}}
        self.ephemerals.setdefault(type_, {})[name] = {"//": metadata, **arguments}
        self._remember(id_, arguments)

    def comment(self, reason: str) -> None:
        """Say why, above the block that is added next. Line breaks are the writer's business."""
        self._comment = " ".join(reason.split())

    def skip_check(self, check: str, reason: str) -> None:
        """Have Checkov leave this check out, for the block that is added next and for a reason a reviewer accepts."""
        self._skips[check] = reason

    def local(self, name: str, value: Any) -> str:
        """Add a local value; gives the reference to it."""
        self.locals[name] = value
        self._remember(f"local.{name}", ())
        return text(f"local.{name}")

    def call(
        self,
        name: str,
        module: "type[Module[InputsT, CalledOutputs]]",
        inputs: InputsT,
        *,
        only_if: str | None = None,
        for_each: str | None = None,
        depends_on: Sequence[str] = (),
    ) -> CalledOutputs:
        """Add a call of another module; gives references to its outputs.

        With the expression `only_if`, they are null where it is false. With the expression `for_each`, they are those
        of `each.key`. `depends_on` names other calls to wait for, where no value leads from one to the other.
        """
        source = posixpath.relpath(module.path, self.folder)
        id_, values = self._id("module", name), given_values(inputs)
        count = {} if only_if is None else {"count": text(f"{only_if} ? 1 : 0")}
        call = TerraformHclModule(
            self,
            id_,
            source=source if source.startswith("../") else f"./{source}",
            variables=values | count,
            skip_asset_creation_from_local_modules=True,
        )
        self._name(call, id_, name)
        address = f"module.{name}"
        reference = f"{address}.%s" if only_if is None else f"one({address}[*].%s)"
        if for_each is not None:
            call.add_override("for_each", text(for_each))
            reference = f"{address}[each.key].%s"
        if depends_on:
            call.add_override("depends_on", [f"module.{other}" for other in depends_on])
        self._remember(id_, values)
        self.called.append(module)
        outputs: type[CalledOutputs] = module.contract.outputs
        return outputs(**{member.name: text(reference % member.name) for member in members(outputs)})

    def counted_since(self, name: str) -> None:
        """Say that a call had no count when environments were deployed: what it made stays, at another address.

        Terraform moves a resource that is given a count by itself, and a module only where it is told.
        """
        self.counted.append(f"module.{name}")

    def require(self, output: str, condition: str, message: str) -> None:
        """Have an output refuse to be computed, and so the plan, where the condition is false."""
        self.requirements[output] = {"condition": text(condition), "error_message": message}

    def wait_for(self, outputs: Sequence[str], resources: Sequence[TerraformResource]) -> None:
        """Have who asks for these outputs wait for what no value of theirs leads to, and outlived by it."""
        addresses = [f"{each.terraform_resource_type}.{each.friendly_unique_id}" for each in resources]
        for output in outputs:
            self.awaited.setdefault(output, []).extend(addresses)

    def _id(self, kind: str, name: str) -> str:
        """The construct id of an element: its name, or where another kind has that in this folder, the kind besides.

        Raises ValueError if there is one of that kind and name.
        """
        kinds = self._kinds.setdefault(name, [])
        if kind in kinds:
            raise ValueError(f"{self.folder} has a {kind} called {name} already")
        kinds.append(kind)
        return name if len(kinds) == 1 else f"{kind}.{name}"

    @staticmethod
    def _name(element: TerraformElement, id_: str, name: str) -> None:
        """Have an element be called so in Terraform, which costs nothing where CDKTF would by itself."""
        if id_ != name:
            element.override_logical_id(name)

    def _remember(self, id_: str, arguments: Iterable[str]) -> None:
        self.arguments[id_] = tuple(arguments)
        if self._comment is not None:
            self.comments[id_] = self._comment
            self._comment = None
        if self._skips:
            self.skipped_checks[id_] = self._skips
            self._skips = {}


class Module(TerraformFolder, Generic[InputsT, OutputsT]):
    """One cloud's implementation of a contract.

    Subclasses set `contract` and `path` (their folder under `infra/`, such as `modules/network/azure`), and add their
    resources in `build`.
    """

    contract: ClassVar[Contract[Any, Any]]
    path: ClassVar[str]
    examples: ClassVar[Mapping[str, Any]] = {}  # of inputs whose values look different in this cloud

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, self.path)

    def build(self, inputs: InputsT) -> OutputsT:
        """Add the module's resources. `inputs` holds references to its variables; the result fills its outputs."""
        raise NotImplementedError


def dynamic(resource: TerraformResource, block: str, *, for_each: str, content: dict[str, Any]) -> None:
    """Add a `dynamic` block: one `block` for each element of the expression `for_each`."""
    resource.add_override(f"dynamic.{block}", {"for_each": text(for_each), "content": content})
