"""From CDKTF stacks to the committed Terraform tree: fast bindings, HCL, layout, atomic writing."""
