# SandboxOperator: `make help` says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

arch := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
quiet := -v quiet -nologo -clp:NoSummary

.PHONY: help
help: ## Say what the commands are
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup build ## Serve the API on http://127.0.0.1:8080/v1 in the foreground (PORT, DATA_DIR, OPENAI_BASE_URL, OPENAI_API_KEY)
	@exec artifacts/gateway/sandbox-gateway

.PHONY: setup
setup: ## Install what sandboxes on this machine need; as another user than root, say what to type
	@runtime-image/install-local

.PHONY: build
build: ## Build the gateway, the controller and the agent into artifacts/
	@dotnet restore operator/SandboxOperator.Agent $(quiet)
	@dotnet publish operator/SandboxOperator.Agent --no-restore -c Release -r linux-$(arch) -o artifacts/agent $(quiet)
	@dotnet publish operator/SandboxOperator.Gateway -c Release -o artifacts/gateway $(quiet)
	@dotnet publish operator/SandboxOperator.Controller -c Release -o artifacts/controller $(quiet)

.PHONY: images
images: setup build ## Build the container images with docker or buildah (IMAGE_PREFIX, IMAGE_TAG, RUNTIME_BASE, AGENT_BASE, SERVICE_BASE)
	@runtime-image/build-images

.PHONY: cluster-up
cluster-up: setup build ## Bring a real Kubernetes up on this machine, with the images; SANDBOX_TEST_KUBECONFIG names one that exists
	@tests/cluster/up

.PHONY: cluster-down
cluster-down: ## Take that Kubernetes down and leave nothing of it
	@tests/cluster/down

.PHONY: test
test: setup ## Run every test, real SDK clients and real sandboxes included
	@tests/run all

.PHONY: test-pods
test-pods: setup build ## Run only the clients' flows with sandboxes in the pods of a real Kubernetes
	@tests/run pods

.PHONY: test-fast
test-fast: setup ## Run the tests that need no other process than themselves
	@tests/run fast

.PHONY: bench
bench: setup build ## Measure what README's table shows; prints the table and artifacts/bench.json
	@tests/SandboxOperator.Benchmarks/install-baseline
	@dotnet run --project tests/SandboxOperator.Benchmarks -c Release -- --output artifacts/bench.json

.PHONY: bench-cluster
bench-cluster: setup build ## Measure the second table of README on a real Kubernetes; prints it, and artifacts/bench-cluster-*.json
	@tests/SandboxOperator.Benchmarks/install-baseline
	@dotnet build tests/SandboxOperator.Benchmarks -c Release $(quiet)
	@tests/cluster/with-cluster dotnet run --project tests/SandboxOperator.Benchmarks -c Release --no-build -- \
	    pods --output artifacts/bench-cluster-pods.json
	@tests/cluster/with-cluster --no-node dotnet run --project tests/SandboxOperator.Benchmarks -c Release --no-build -- \
	    controller --output artifacts/bench-cluster-controller.json

.PHONY: generate
generate: ## Write what follows from the code: crds/, the chart's roles, definitions and table of values, the table of rights in docs/security.md
	@dotnet build operator/SandboxOperator.Controller -c Release $(quiet)
	@dotnet build operator/SandboxOperator.Sandboxes -c Release $(quiet)
	@with="--with operator/SandboxOperator.Sandboxes/bin/Release/net10.0/SandboxOperator.Sandboxes.dll"; \
	for what in "crds --out crds" "rbac --out charts/sandbox-operator/files/rbac $$with" "rights --out docs/security.md $$with" \
	    "chart --out charts/sandbox-operator"; do \
	    dotnet operator/SandboxOperator.Controller/bin/Release/net10.0/sandbox-controller.dll generate $$what; done

.PHONY: format
format: ## Format the code
	@dotnet tool restore >/dev/null
	@dotnet csharpier format .

.PHONY: lint
lint: ## Check the format; the build itself treats analyzer warnings as errors
	@dotnet tool restore >/dev/null
	@dotnet csharpier check .

.PHONY: clean
clean: ## Remove what was built; data stays
	@rm -rf artifacts
	@dotnet clean $(quiet)
