# Runs a private PostgreSQL for as long as standard input stays open, then stops it and removes its folder.
#   $1  the folder of PostgreSQL's programs    $2  the folder to make its own folder in
# Says "ready FOLDER" on standard output; the socket is in that folder, which only its owner may enter.
# What it is told to keep would be gone after a power cut, not after a kill: the tests kill, and measure nothing.
# However the caller ends, killed or not, its end of the pipe closes; so no server is left behind.
set -eu
trap '' HUP INT TERM
umask 077
folder=$(mktemp -d "$2/standing-pg-XXXXXX")
started=
finish() {
    [ -z "$started" ] || "$1/pg_ctl" stop --pgdata="$folder/data" --mode=fast --wait >/dev/null 2>&1 ||
        "$1/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --wait >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap 'finish "$1"' EXIT

"$1/initdb" --pgdata="$folder/data" --username=standing --auth-local=trust --auth-host=reject \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync </dev/null >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
cat >>"$folder/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
unix_socket_permissions = 0700
fsync = off
full_page_writes = off
max_connections = 200
SETTINGS
started=yes
"$1/pg_ctl" start --pgdata="$folder/data" --log="$folder/log" --wait --timeout=60 </dev/null >/dev/null 2>&1 ||
    { cat "$folder/log" >&2; exit 1; }
echo "ready $folder"
while read -r _; do :; done
