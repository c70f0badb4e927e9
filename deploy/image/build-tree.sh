#!/bin/sh
# Builds the file tree that a service's image holds: build-tree.sh SERVICE FOLDER
#
# The Dockerfile calls it; `make image-tree SERVICE=intake` calls it without Docker, so that what the image runs can be
# tried. Dependencies come from uv.lock alone, by hash, as wheels: no compiler is needed. The tree is a relocatable
# virtual environment whose bin/service is the service's own command (for SERVICE=cli it is `hotline`).
#
# Environment: UV (the uv program), PYTHON (the interpreter that the tree will run on), INDEX_URL (a mirror of the
# package index; the hashes of uv.lock hold there too).
set -eu

service=${1:?"which service? intake, classifier, dispatcher, sla-monitor, revisit, reporting or cli"}
tree=${2:?"into which folder?"}
uv=${UV:-uv}
python=${PYTHON:-python3}

case $service in
  intake | classifier | dispatcher | sla-monitor | revisit | reporting) command=hotline-$service ;;
  cli) command=hotline ;;
  *)
    echo "no such service: $service" >&2
    exit 2
    ;;
esac
if [ -e "$tree" ]; then
  echo "$tree exists; remove it first" >&2
  exit 2
fi

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

"$uv" export --quiet --frozen --no-dev --package "hotline12345-$service" --no-header --no-annotate \
  --no-emit-workspace --output-file "$lists/others.txt" >"$lists/said"
"$uv" export --quiet --frozen --no-dev --package "hotline12345-$service" --no-header --no-annotate \
  --no-editable --no-hashes --output-file "$lists/all.txt" >"$lists/said"
grep '^\./' "$lists/all.txt" >"$lists/ours.txt"

"$uv" venv --quiet --relocatable --no-project --python "$python" "$tree"
"$uv" pip install --quiet --python "$tree/bin/python" --require-hashes --only-binary :all: --no-deps \
  --compile-bytecode ${INDEX_URL:+--default-index "$INDEX_URL"} --requirements "$lists/others.txt"
# Built by the backend inside uv itself: nothing is fetched for it. Without its cache, which would give an older build of
# ours back as long as a package's pyproject.toml has not changed.
"$uv" pip install --quiet --python "$tree/bin/python" --no-deps --offline --no-cache --no-build-isolation \
  --compile-bytecode --requirements "$lists/ours.txt"
ln -s "$command" "$tree/bin/service"
