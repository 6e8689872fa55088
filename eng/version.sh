#!/usr/bin/env bash
# Prints the version of a checkout, by its tags. A clean checkout of the tag v1.2.3 is 1.2.3; three commits later it is
# 1.2.4-alpha.3, after v2.0.0-rc.1 it is 2.0.0-rc.1.3. Before the first tag it is 0.1.0-alpha and the number of commits,
# with the number from Directory.Build.props. Where the history is not known, it is 0.1.0-dev.
# usage: eng/version.sh [FOLDER]
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

# Without a history, in a part of one, or unpacked into somebody else's, the tags say nothing.
first=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" != "$(pwd -P)" ] \
    || [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    echo "$first-dev"
    exit
fi

if ! described=$(git describe --tags --long --dirty --match 'v[0-9]*.[0-9]*.[0-9]*' 2>/dev/null); then
    echo "$first-alpha.$(git rev-list --count HEAD)"
    exit
fi

dirty=
[ "${described%-dirty}" = "$described" ] || dirty=1
described=${described%-dirty}                # v1.2.3-4-gabcdef0
described=${described%-*}                    # v1.2.3-4
commits=${described##*-}
tag=${described%-*}
tag=${tag#v}
case $commits$dirty:$tag in
    0:*) echo "$tag" ;;
    *-*) echo "$tag.$commits" ;;
    *) echo "${tag%.*}.$((${tag##*.} + 1))-alpha.$commits" ;;
esac
