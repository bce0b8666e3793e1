"""The names of CDKTF in use."""

from cdktf import (
    App,
    AzurermBackend,
    DataTerraformRemoteStateAzurerm,
    DataTerraformRemoteStateGcs,
    DataTerraformRemoteStateS3,
    GcsBackend,
    ITerraformDependable,
    ITerraformIterator,
    LocalBackend,
    Postcondition,
    Precondition,
    S3Backend,
    TerraformCount,
    TerraformElement,
    TerraformHclModule,
    TerraformIterator,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    Token,
)

from constructs import Construct
