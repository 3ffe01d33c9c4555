#!/bin/sh
# Bundles Yjs, for the demo's document, into the file $1, working in the folder $2. Where there is no npm, or it reaches no
# registry, the demo goes without it: that page says what it misses, and the build goes on.
[ -e "$1" ] && exit 0
command -v npm >/dev/null || exit 0
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2" && cp "$here/package.json" "$2" && cd "$2" || exit 0
npm install --no-audit --no-fund --no-package-lock --fetch-retries=0 --fetch-timeout=20000 >npm.log 2>&1 || exit 0
node_modules/.bin/esbuild node_modules/yjs/dist/yjs.mjs --bundle --minify --format=esm --outfile="$1" >esbuild.log 2>&1 || exit 0
