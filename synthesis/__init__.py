"""From Terraform's JSON, as CDKTF gives it, to a tree of files as a person writes them. It knows no product."""
