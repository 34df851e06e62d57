#!/bin/sh
# Measures a server that is started for it: benches/serve/measure.sh [PROGRAM] [SECONDS]
# Needs wrk (Debian: apt-get install wrk). Load and server share the machine's processors.
set -eu
program=$(realpath "${1:-target/release/threadsieve}")
seconds=${2:-30}
script=$(realpath "$(dirname "$0")/analyze.lua")
folder=$(mktemp -d)
cd "$folder"
"$program" serve --listen 127.0.0.1:0 2> log &
server=$!
trap 'kill "$server" 2> /dev/null; wait "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
until grep -q '^listening on ' log; do kill -0 "$server"; sleep 0.1; done
address=$(sed -n 's/^listening on //p' log)
memory() { awk '/^VmRSS/ {print $2 " KiB"}' "/proc/$server/status"; }

echo "memory before: $(memory)"
echo "== about 1,000 requests a second: 32 connections, 31 ms between their requests"
wrk --threads 1 --connections 32 --duration "${seconds}s" --latency --script "$script" "$address" -- 31
echo "memory: $(memory)"
echo "== as many as there can be: 32 connections without a pause"
wrk --threads 1 --connections 32 --duration "${seconds}s" --latency --script "$script" "$address" -- 0
echo "memory: $(memory)"
curl -s "$address/metrics" | grep -E '^threadsieve_(requests_total|shed|lost_log)' || true
