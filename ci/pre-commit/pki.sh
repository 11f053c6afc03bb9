#!/usr/bin/env bash
# pki for pre-commit's hooks: built on first use in the copy of the repository that pre-commit keeps, then run.
# npm leaves the development dependencies away when pre-commit has it install a package from git, so
# `language: node` would give a package without its program.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -e "$here/dist/pki.cjs" ]; then
  (cd "$here" && npm ci --no-audit --no-fund --silent && npm run --silent build) >&2
fi
exec node "$here/dist/pki.cjs" "$@"
