#!/usr/bin/env bash
# An S3 service for tests: OpenStack Swift of Debian with its S3 interface, one copy of each object, on 127.0.0.1.
#
#   swift.sh install         installs Swift by apt, as root or by sudo
#   swift.sh check           whether it is installed
#   swift.sh start FOLDER    starts it on FOLDER, and prints S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY
#   swift.sh stop FOLDER     stops it; a later start finds the objects again, at the same address
#   swift.sh run FOLDER      start, and stop as soon as the standard input ends: nothing is left of a test that died
#
# Ends with 3 where Swift is missing. FOLDER has to be on a file system with extended attributes (ext4, xfs).
set -u -o pipefail

packages=(swift-account swift-container swift-object swift-proxy)
servers=(account container object proxy)
access_key=test:tester
secret_key=testing
start_seconds=120

install_swift() {
  command -v apt-get >/dev/null || return 3
  local as_root=()
  ((EUID == 0)) || as_root=(sudo -n)
  # Its services are not wanted: the package would start them in a container without a policy against it.
  local policy=/usr/sbin/policy-rc.d made=
  if [[ ! -e $policy && -w /usr/sbin ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=1
  fi
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  local result=$?
  [[ -z $made ]] || rm -f "$policy"
  return "$result"
}

is_installed() {
  local server
  for server in "${servers[@]}"; do command -v "swift-$server-server" >/dev/null || return 1; done
  /usr/bin/python3 -c 'import swift' 2>/dev/null
}

# Four ports that are free now.
free_ports() {
  /usr/bin/python3 -c '
import socket
probes = [socket.socket() for _ in range(4)]
for probe in probes: probe.bind(("127.0.0.1", 0))
print(*[probe.getsockname()[1] for probe in probes])'
}

# One place for everything, by the builder's own library: as a command it takes two seconds for each ring.
make_rings() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import sys
from swift.common.ring import RingBuilder
folder, *ports = sys.argv[1:]
for server, port in zip(("account", "container", "object"), ports):
    builder = RingBuilder(4, 1, 0)
    place = {"ip": "127.0.0.1", "port": int(port), "replication_ip": "127.0.0.1", "replication_port": int(port)}
    builder.add_dev({"region": 1, "zone": 1, "device": "d1", "weight": 1.0, "meta": "", **place})
    builder.rebalance()
    builder.get_ring().save("%s/%s.ring.gz" % (folder, server))
PYTHON
}

# Writes a configuration for each server.
configure() {
  local folder=$1 server port i
  local -a ports
  read -r -a ports < <(free_ports)
  mkdir -p "$folder/devices/d1" "$folder/cache"
  printf '[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n' \
    >"$folder/swift.conf"
  for i in 0 1 2 3; do
    server=${servers[i]} port=${ports[i]}
    cat >"$folder/$server-server.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
swift_dir = $folder
devices = $folder/devices
mount_check = false
fallocate_reserve = 0
workers = 0
log_level = ERROR
CONF
    [[ $server == proxy ]] && continue
    cat >>"$folder/$server-server.conf" <<CONF
[pipeline:main]
pipeline = $server-server
[app:$server-server]
use = egg:swift#$server
[$server-replicator]
recon_cache_path = $folder/cache
CONF
  done
  make_rings "$folder" "${ports[@]:0:3}" || return 1
  cat >>"$folder/proxy-server.conf" <<CONF
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
# tempauth insists on a cache; one that nobody answers for is enough.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:tempauth]
use = egg:swift#tempauth
user_${access_key/:/_} = $secret_key .admin
[filter:s3api]
use = egg:swift#s3api
max_upload_part_num = 10000
# So that a test need not make a thousand objects for a second page.
max_bucket_listing = 100
$(for i in catch_errors gatekeeper healthcheck listing_formats bulk copy slo dlo; do
    printf '[filter:%s]\nuse = egg:swift#%s\n' "$i" "$i"
  done)
CONF
  echo "http://127.0.0.1:${ports[3]}" >"$folder/endpoint"
}

start() {
  local folder=$1 server endpoint
  is_installed || return 3
  [[ -e $folder/endpoint ]] || configure "$folder" || return 1
  endpoint=$(<"$folder/endpoint")
  for server in "${servers[@]}"; do
    # A session of its own: when it stops, a server ends everything in its group.
    setsid "swift-$server-server" "$folder/$server-server.conf" >"$folder/$server.log" 2>&1 </dev/null &
    echo $! >"$folder/$server.pid"
    disown
  done
  while ((SECONDS < start_seconds)); do
    if answers "$endpoint"; then
      printf 'S3_ENDPOINT=%s\nS3_ACCESS_KEY=%s\nS3_SECRET_KEY=%s\n' "$endpoint" "$access_key" "$secret_key"
      return 0
    fi
    sleep 0.1
  done
  stop "$folder"
  tail -n 5 "$folder"/*.log >&2
  return 1
}

# The proxy says so for itself only; the others have to listen too.
answers() {
  local server port
  for server in "${servers[@]}"; do
    port=$(sed -n 's/^bind_port = //p' "$folder/$server-server.conf")
    (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || return 1
  done
}

stop() {
  local folder=$1 server pid
  for server in "${servers[@]}"; do
    [[ -e $folder/$server.pid ]] || continue
    pid=$(<"$folder/$server.pid")
    kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
    # Dead is enough: in a container there may be nobody to bury it.
    while [[ $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) == [!ZX]* ]]; do sleep 0.05; done
    rm -f "$folder/$server.pid"
  done
}

run() {
  # Also when it is asked to end itself.
  trap 'stop "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  start "$folder" || return
  cat >/dev/null
}

case ${1-} in
  install) is_installed || install_swift ;;
  check) is_installed || exit 3 ;;
  start | stop | run) folder=${2:?a folder is missing} && "$1" "$folder" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
