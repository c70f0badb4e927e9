#!/bin/sh
# Checks the rules and runs their tests. promtool comes with Debian's package prometheus and with Prometheus itself.
set -eu
cd "$(dirname "$0")"
if ! command -v promtool >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian's package prometheus for its promtool"
    RUNLEVEL=1 apt-get install -y --no-install-recommends prometheus
  else
    echo "promtool is missing: install Debian's package prometheus, or put promtool of prometheus.io on the path" >&2
    exit 1
  fi
fi
promtool check config prometheus.yml
promtool check rules --lint=all rules/*.yml
promtool test rules tests/*.yml
