#!/usr/bin/env bash
# The journal's contract on Debian 13 (trixie), whose librdkafka is newer by years: makes a root of
# that release, builds this tree there and runs the contract's tests in it. As root. Can be run
# again: what is made is kept, and only what changed is built.
#
# OMO_TRIXIE (.omo/trixie)  where the root is made; about 4 GB
# OMO_JOBS (all cores)      how many compilers run at once
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tree=$PWD
root=$(realpath -m "${OMO_TRIXIE:-.omo/trixie}")
kafka=$(realpath -m "${OMO_KAFKA_HOME:-.omo/kafka}")
jobs=${OMO_JOBS:-$(nproc)}

say() { printf 'trixie: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Where this machine gets its own Debian from.
mirror() {
  apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/$' ||
    die "apt has no Debian mirror"
}

# The list of the tree, but what tests of the journal do not need, and with trixie's Java.
packages() {
  sed 's/#.*//; /^ *$/d; /^clang-/d; /^maven$/d; /^openjdk-/d' deploy/debian/packages.txt
  echo default-jre-headless
}

# Inside, apt and TLS behave as they do outside.
copy_settings() {
  cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  mkdir -p "$root/usr/local/share/ca-certificates"
  cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
}

inside() {  # [NAME=VALUE...] COMMAND...
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 "$@"
}

make_root() {
  [ ! -f "$root/made" ] || return 0
  command -v debootstrap >/dev/null || die "first: apt-get install debootstrap"
  say "making $root"
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$(mirror)" >&2
  copy_settings
  inside update-ca-certificates >&2
  touch "$root/made"
}

install_packages() {
  local list
  list=$(packages)
  [ "$(cat "$root/installed" 2>/dev/null)" != "$list" ] || return 0
  say "installing packages"
  inside apt-get -q update >&2
  # shellcheck disable=SC2086
  inside DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $list >&2
  echo "$list" >"$root/installed"
}

# The tree and Kafka's jars are seen inside, not copied; unmounted whatever happens.
mounted=()
unmount() {
  local at
  for at in "${mounted[@]}"; do umount "$root/$at"; done
  mounted=()
}
mount_at() {  # PLACE MOUNT ARGUMENTS...
  local place=$1
  shift
  mkdir -p "$root/$place"
  mount "$@" "$root/$place"
  mounted=("$place" "${mounted[@]}")
}

[ "$(id -u)" = 0 ] || die "as root: it makes a root of its own"
[ -d "$kafka/lib" ] || die "no Kafka in $kafka: ./omo setup"
make_root
trap unmount EXIT
mount_at proc -t proc proc  # Java is not installed without.
install_packages
mount_at dev -t tmpfs tmpfs  # Not the machine's own: what is mounted below that would show outside.
mkdir "$root/dev/shm"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mount_at tree --bind "$tree"
mount_at kafka --bind "$kafka"
say "librdkafka $(inside pkg-config --modversion rdkafka), $(inside g++ --version | head -1)"
inside cmake -S /tree -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >&2
inside cmake --build /build -j "$jobs" --target tests_contract tests_golden tests_unit_journal >&2
inside OMO_KAFKA_HOME=/kafka ctest --test-dir /build --output-on-failure --no-tests=error \
  -R '^tests_(contract|golden|unit_journal)$'
