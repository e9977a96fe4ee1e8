#!/usr/bin/env bash
# The two steps of action.yml: `action.sh install` and `action.sh check`. Everything comes from the environment.
set -euo pipefail

home="${RUNNER_TEMP:?}/resilience-checks"

# What the tool needs is installed by locks/run.txt, each file by its hash. The tool itself is the action's own folder, or,
# where a version is asked for, that of the package index, with what it needs beyond the lock.
install() {
  local pip=("$home/bin/pip" install --quiet --disable-pip-version-check)
  if [[ -n "${VERSION:-}" && ! "$VERSION" =~ ^[0-9][0-9A-Za-z.+-]*$ ]]; then
    echo "error: version: expected a number such as 0.1.0" >&2
    exit 2
  fi
  "${PYTHON:-python3}" -m venv "$home"
  "${pip[@]}" --require-hashes --requirement "${ACTION:?}/locks/run.txt"
  if [[ -n "${VERSION:-}" ]]; then
    "${pip[@]}" "resilience-checks==$VERSION"
  else
    "${pip[@]}" --require-hashes --requirement "$ACTION/locks/build.txt"
    "${pip[@]}" --no-index --no-deps --no-build-isolation "$ACTION"
  fi
}

# Adds `option value` to the arguments for every line of a text that is not empty.
each() {
  local option="$1" line
  while IFS= read -r line; do
    [[ -z "${line//[[:space:]]/}" ]] || arguments+=("$option=$line")
  done <<<"$2"
}

check() {
  local arguments=() paths=() line code=0
  each --stack "${INPUT_STACK:-}"
  each --base "${INPUT_BASE:-}"
  each --settings "${INPUT_SETTINGS:-}"
  each --fail-on "${INPUT_FAIL_ON:-}"
  each --format "${INPUT_FORMATS:-}"
  while IFS= read -r line; do
    [[ -z "${line//[[:space:]]/}" ]] || paths+=("$line")
  done <<<"${INPUT_PATHS:-.}"
  # What a pull request brings along is data: after `--` no path is an option.
  "$home/bin/resilience-checks" check "${arguments[@]}" --format github -- "${paths[@]}" || code=$?
  echo "exit-code=$code" >>"${GITHUB_OUTPUT:-/dev/null}"
  return "$code"
}

case "${1:-}" in
  install) install ;;
  check) check ;;
  *) echo "usage: action.sh install|check" >&2; exit 2 ;;
esac
