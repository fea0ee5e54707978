#!/usr/bin/env bash
# Makes the virtual environment: make_venv.sh PYTHON FOLDER. Says in one sentence what is missing on this machine.
set -euo pipefail
python=$1 folder=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "需要 Python 3.11 或更新的版本 / Python 3.11 or later is needed: $("$python" --version 2>&1 | tail -n 1)" >&2
    echo "装好后可以指定 / once installed, name it: make run PYTHON=/usr/bin/python3.12" >&2
    exit 1
fi

# Debian and Ubuntu keep this part of Python in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "正在安装 $package / Installing $package ..."
        apt-get -qq update >/dev/null 2>&1 || true
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$package" >/dev/null 2>&1 || true
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "缺少 Python 的 venv, 请先运行 / Python's venv is missing, first run: sudo apt install $package" >&2
        exit 1
    fi
fi

"$python" -m venv --clear "$folder"
