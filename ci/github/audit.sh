#!/usr/bin/env bash
# The audit of action.yml: inputs come as PKI_* variables, annotations go to the log, SARIF to a file, a table to the
# job's summary. Ends with the exit code of pki audit.
set -uo pipefail

if [ -n "${PKI_PROGRAM:-}" ]; then
  program=("$PKI_PROGRAM")
else
  program=(node "$GITHUB_ACTION_PATH/dist/pki.cjs")
fi

summary=$(mktemp -d)/summary.md
arguments=(--fail-on "${PKI_FAIL_ON:-error}" --format github --format "sarif=$PKI_SARIF" --format "markdown=$summary")
[ -z "${PKI_PROFILE:-}" ] || arguments+=(--profile "$PKI_PROFILE")
[ -z "${PKI_POLICY:-}" ] || arguments+=(--policy "$PKI_POLICY")
[ -z "${PKI_BASELINE:-}" ] || arguments+=(--baseline "$PKI_BASELINE")
[ -z "${PKI_PASSWORDS:-}" ] || arguments+=(--passwords "$PKI_PASSWORDS")
while IFS= read -r line; do
  [ -z "$line" ] || arguments+=(--format "$line")
done <<<"${PKI_FORMAT:-}"
paths=()
while IFS= read -r line; do
  [ -z "$line" ] || paths+=("$line")
done <<<"${PKI_PATH:-.}"

"${program[@]}" audit "${arguments[@]}" -- "${paths[@]}"
status=$?

[ ! -s "$summary" ] || cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
{
  echo "exit-code=$status"
  # A path with a line feed would be a second output.
  [ ! -s "$PKI_SARIF" ] || echo "sarif-file=${PKI_SARIF//[$'\r\n']/}"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$status"
