#!/usr/bin/env bash
# Gets the two programs that the tests need and pip cannot bring: a Chromium and a PostgreSQL server.
# Root on Debian gets them from the distribution; everybody else gets a sentence that says what to install.
set -euo pipefail

have_chromium() {
    [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

have_postgres() {
    command -v initdb >/dev/null && return
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null && return
    compgen -G "/opt/homebrew/opt/postgresql*/bin/initdb" >/dev/null
}

# Screenshots need Chinese letters. No test fails for want of them, so a font alone installs nothing.
missing=()
have_chromium || missing+=(chromium fonts-noto-cjk)
have_postgres || missing+=(postgresql)
[ ${#missing[@]} = 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "正在安装 / Installing ${missing[*]} ..."
    log=$(mktemp)
    if ! { apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
    fi
    rm -f "$log"
fi

lacking=0
if ! have_chromium; then
    echo "测试需要 Chromium / The tests need Chromium: sudo apt install chromium (or CHROMIUM=/path/to/chrome)" >&2
    lacking=1
fi
if ! have_postgres; then
    echo "测试需要 PostgreSQL / The tests need PostgreSQL: sudo apt install postgresql (macOS: brew install postgresql)" >&2
    lacking=1
fi
exit $lacking
