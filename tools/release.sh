#!/usr/bin/env bash
# Builds a release into dist/ and its bill of materials into sbom/: `release.sh v0.1.0`. It needs what locks/release.txt has.
set -euo pipefail
cd "$(dirname "$0")/.."

version="$(python -c 'import runpy; print(runpy.run_path("resilience_checks/__init__.py")["__version__"])')"
if [[ "${1:?}" != "v$version" ]]; then
  echo "error: the tag is $1, and resilience_checks/__init__.py says $version: tag v$version, or change the version" >&2
  exit 2
fi
# The same commit gives the same bytes: files have the time of the commit.
SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
export SOURCE_DATE_EPOCH
rm -rf dist sbom
python -m build --no-isolation
# What is locked is what the release was tested with.
python -m venv --without-pip sbom/installed
pip=(python -m pip --python sbom/installed install --quiet --disable-pip-version-check)
"${pip[@]}" --require-hashes --requirement locks/run.txt
"${pip[@]}" --no-index --no-deps dist/*.whl
cyclonedx-py environment sbom/installed --pyproject pyproject.toml --mc-type application --output-reproducible \
  --spec-version 1.6 --output-format JSON --output-file sbom/resilience-checks.cdx.json
rm -r sbom/installed
