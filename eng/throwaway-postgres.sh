#!/bin/sh
# A PostgreSQL of Debian's package in a folder of its own, for tests and measurements; the system's is not touched.
#   throwaway-postgres.sh PORT [SETTING...]      the password of its user 'rondo' is the first line of the input
# Prints the folder, which holds the socket, when it takes connections. It ends with the input, which is at the latest when
# whoever has started it does, however that comes; then nothing is left of it.
set -e
programs=/usr/lib/postgresql/15/bin
if [ "$0" != alone ]; then
    set -- /bin/sh -c "$(cat "$0")" alone "$@"
    # PostgreSQL refuses to run as root.
    [ "$(id -u)" -ne 0 ] || set -- runuser -u postgres -- "$@"
    # In a session of its own: who ends a run may end all of its process group, and this has to tidy up after it.
    exec setsid -w "$@"
fi

port=$1
shift
# There may be nobody any more who reads what it says.
trap '' PIPE
folder=$(mktemp -d /tmp/rondo-postgres-XXXXXX)
end() {
    # Beside its own there may be standbys of it.
    for data in "$folder"/*/; do
        "$programs/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    done
    rm -rf "$folder"
}
trap end EXIT
IFS= read -r password
printf '%s\n' "$password" >"$folder/password"
"$programs/initdb" -D "$folder/data" -U rondo --auth-local=trust --auth-host=scram-sha-256 --pwfile="$folder/password" \
    -E UTF8 --locale=C --no-sync >&2
{
    printf "port = %s\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '%s'\n" "$port" "$folder"
    printf 'max_connections = 200\n'
    for setting in "$@"; do printf '%s\n' "$setting"; done
} >>"$folder/data/postgresql.conf"
"$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 120 start >&2
printf '%s\n' "$folder"
cat >/dev/null
