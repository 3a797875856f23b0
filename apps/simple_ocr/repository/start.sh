#!/bin/sh
# Redis, which takes passwords from its configuration only: it gets that on standard input, so that they neither show in
# a list of processes nor lie on a disk. A processor stands on a machine of somebody else: it may write and not read.
set -eu
secrets=${SECRETS_DIRECTORY:-/run/secrets}
configuration=${CONFIGURATION:-/etc/simple_ocr/redis.conf}
for name in repository repository-processor; do
  if ! [ -s "$secrets/$name/password" ]; then
    echo "mount the Secret $name, with a key named password, at $secrets/$name" >&2
    exit 2
  fi
done
exec redis-server - "$@" <<EOF
include $configuration
dir ${DATA_DIRECTORY:-/data}
user default on >$(cat "$secrets/repository/password") ~* &* +@all
user processor on >$(cat "$secrets/repository-processor/password") ~simple_ocr:* +@connection -client +multi +exec +sadd +zadd +hset +xadd
EOF
