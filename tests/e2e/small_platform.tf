# What is deployed in place of the whole platform, where it matters how a deploy ends, and not what it makes. Of everything
# that a killed deploy may leave, it has a kind: keys, which have no name, and take AWS a while; secrets, whose names AWS
# completes; repositories and aliases, whose names are taken then; and what is there only as a part of these.

module "encryption" {
  source = "../modules/encryption/aws"

  name   = var.name
  region = "sa-east-1"
  tags   = var.tags
}

module "container_registry" {
  source = "../modules/container-registry/aws"

  name           = var.name
  region         = "sa-east-1"
  repositories   = ["lancamentos", "consolidacao", "relatorios", "conciliacao"]
  encryption_key = module.encryption.keys.images
  tags           = var.tags
}

module "secret_store" {
  source = "../modules/secret-store/aws"

  name           = var.name
  region         = "sa-east-1"
  secrets        = { for name in ["lancamentos", "consolidacao", "relatorios", "conciliacao"] : name => { readers = [] } }
  encryption_key = module.encryption.keys.secrets
  tags           = var.tags
}
