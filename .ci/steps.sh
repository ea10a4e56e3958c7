# What .ci/run and .ci/nightly share: fresh copies of the committed files, and how long each step took.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -d "$root/../shared/data" ]; then export LIKELINET_DATA="${LIKELINET_DATA:-$root/../shared/data}"; fi
export PIP_DISABLE_PIP_VERSION_CHECK=1

# fresh_copy NAME [WHAT]: a folder with what is committed, of which git takes WHAT (all of it), and go there.
fresh_copy() { mkdir "$work/$1" && git -C "$root" archive HEAD -- "${@:2}" | tar -x -C "$work/$1" && cd "$work/$1"; }

# step MINUTES NAME: print what begins and the minutes it is meant to take on two cores; then what the last one took.
step() {
    finish
    budget=$1 name=${*:2} began=$SECONDS
    printf '\n=== %s (of %s min, %ss so far)\n' "$name" "$budget" "$SECONDS"
}
finish() {
    if [ -n "${name:-}" ]; then
        local took=$((SECONDS - began)) over=""
        if [ "$took" -gt $((budget * 60)) ]; then over="  over its budget"; fi
        printf '%5ss of %3s min  %s%s\n' "$took" "$budget" "${name:0:70}" "$over" >>"$work/times"
    fi
    name=""
}
# all_held MINUTES: print what each step took. A busy machine is slower: the budgets are for reading, not for failing.
all_held() {
    finish
    printf '\n=== all of it held\n' && cat "$work/times"
    printf '%5ss of %3s min  in all\n' "$SECONDS" "$1"
}
