#!/bin/sh
# Ends every test server below a folder, and removes the folder, as soon as its standard input closes: at the end of
# the run, or when the test process is gone, however it died.
dir=$1
cat >/dev/null

is_ours() {
  { ps -ww -o args= -p "$1" || tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$dir"
}

end() {
  pid=$(head -n 1 "$2" 2>/dev/null)
  { [ -n "$pid" ] && is_ours "$pid"; } || return
  kill "-$1" "$pid" 2>/dev/null
  tries=0
  while is_ours "$pid" && [ "$tries" -lt 40 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  is_ours "$pid" && kill -KILL "$pid" 2>/dev/null
}

for file in "$dir"/*/cluster/postmaster.pid; do end QUIT "$file"; done
for file in "$dir"/*/nats-server.pid; do end KILL "$file"; done
rm -rf "$dir"
