# Everything a person does with this repository. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-integration check rules-check alert-drill image-tree k8s-check deploy-files
.PHONY: check-calendar bench starter-model format documents docs check-asyncapi-parser audit licences secrets-baseline sbom

UV_VERSION := 0.13.9
UV := .uv/bin/uv
BIN := .venv/bin
# Compiled modules are kept: without them every process start compiles anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
TESTERS ?= 2
SOURCES := libs services cli deploy tests benchmarks checks docs

help: ## List what there is
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-22s %s\n", $$1, $$2}'

setup: .venv/.ready ## Everything into .venv: needs only python3 with venv

.uv/.ready:
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.ready: .uv/.ready pyproject.toml uv.lock $(wildcard libs/*/pyproject.toml services/*/pyproject.toml cli/pyproject.toml)
	$(UV) sync --frozen --all-packages --all-groups --quiet
	@touch $@

demo: setup ## A city's weeks in a minute: the bundled appeals through the embedded platform
	$(BIN)/hotline demo

up: setup ## The embedded platform on port 12345, data in ./hotline-data
	$(BIN)/hotline up --embedded

test: setup ## All tests, on a real RabbitMQ and a MongoDB-protocol server
	$(BIN)/pytest -n $(TESTERS) --dist loadgroup

test-integration: setup ## Only the promises that need real processes
	$(BIN)/pytest tests/integration

check: setup ## Format, lint, types, import rules, documents, licences, secrets, known vulnerabilities
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m checks.documents
	$(BIN)/python -m checks.topic_words
	$(BIN)/python -m checks.capacity
	$(BIN)/python -m checks.licences
	$(BIN)/python -m checks.secret_scan
	$(BIN)/python -m checks.advisories
	$(BIN)/hadolint --failure-threshold style Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/python -m deploy.generate --check
	$(BIN)/python -m monitoring deploy --check

rules-check: ## Alert rules and their tests by promtool, which is installed where apt may
	deploy/prometheus/check.sh

alert-drill: setup ## A real Prometheus watches the platform and alerts are made to fire; needs the program prometheus
	$(BIN)/python -m checks.alert_drill

image-tree: setup ## The files of a service's image without Docker: make image-tree SERVICE=intake
	rm -rf out/image/$(SERVICE)
	mkdir -p out/image
	UV=$(UV) PYTHON=$(BIN)/python deploy/image/build-tree.sh $(SERVICE) out/image/$(SERVICE)

documents: setup ## Write OpenAPI, AsyncAPI and JSON schemas into docs/ again, from the code
	$(BIN)/hotline documents write docs

docs: setup documents ## All documents as static pages in out/docs, for reading without a network
	$(BIN)/python -m docs.site.build

audit: setup ## Known vulnerabilities of the lock; fails where the advisory service cannot be reached
	AUDIT_REQUIRED=1 $(BIN)/python -m checks.advisories

licences: setup ## Write docs/licences.md again
	$(BIN)/python -m checks.licences --write

secrets-baseline: setup ## Accept what the secrets scan found, after a person has looked at it
	$(BIN)/python -m checks.secret_scan --write

sbom: setup ## Bills of materials (CycloneDX 1.5) of every service and of the command into out/sbom
	$(BIN)/python -m checks.sbom out/sbom

check-asyncapi-parser: setup ## AsyncAPI documents by AsyncAPI's own parser; needs Node with npm
	npm install --prefix .tools --no-audit --no-fund --silent @asyncapi/parser@3.6.3
	node checks/asyncapi_parser.mjs docs/asyncapi/platform.json docs/asyncapi/departments.json

.tools/kubectl: checks/kubectl_binary.py | .venv/.ready
	$(BIN)/python -m checks.kubectl_binary $@ .uv/bin/python

KUBECTL ?= .tools/kubectl

k8s-check: setup $(KUBECTL) ## Render and validate every overlay and combination of the Kubernetes manifests; needs no cluster
	$(BIN)/python -m checks.k8s $(KUBECTL)

deploy-files: setup ## Make the deployment files of contracts and rules again
	$(BIN)/python -m deploy.generate

check-calendar: setup ## Every minute of 2018-2026 against the slow reference (long)
	CALENDAR_MINUTES=all $(BIN)/pytest --timeout 7200 services/sla-monitor/tests/unit/test_calendar_reference.py

bench: setup ## Speeds beside their physical limits; needs AMQP_URL and MONGO_URL for the whole way
	$(BIN)/python -m benchmarks

starter-model: setup ## Train the shipped model again from the texts in the repository
	$(BIN)/python -m classifier.training.starter_model

format: setup ## Let ruff format and fix
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)
