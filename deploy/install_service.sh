#!/usr/bin/env bash
# Makes the mailbox a service that starts with the computer: sudo deploy/install_service.sh, from the project's folder.
# Run it again after a new version was unpacked: data and settings stay. What it makes: docs/service.md.
# DESTDIR=FOLDER puts everything below a folder and starts nothing, to look at it first.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
root=${DESTDIR:-}
python=${PYTHON:-python3}
program=$root/opt/qiaoqiaohua data=$root/var/lib/qiaoqiaohua settings=$root/etc/qiaoqiaohua
name=qiaoqiaohua

stop() {
    echo "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || stop "请用 sudo 运行 / run it with sudo: sudo deploy/install_service.sh"
[ -n "$root" ] || [ -d /run/systemd/system ] || stop "这台电脑没有用 systemd / this computer does not run systemd"
case $here in /opt/qiaoqiaohua) stop "请在解开的新版本的文件夹里运行 / run it in the folder of the unpacked version" ;; esac
if [ -e "$here/var/mailbox.key" ] && [ ! -e "$data/mailbox.key" ]; then
    # What children wrote is never copied unasked, so that it lies in one place.
    [ ! -e "$data" ] || stop "先移开 / move this folder away first, it is in the way of the school's data: $data"
    stop "这个文件夹里已经有一所学校 / a school is in this folder already. 先停下信箱, 把数据移过去, 再运行一次 / stop the mailbox, move its data, and run this again:
  sudo mkdir -p $root/var/lib && sudo mv '$here/var' '$data'"
fi
if [ -s "$here/mailbox.toml" ] && [ ! -s "$settings/mailbox.toml" ]; then
    # Without its settings a school would start with other addresses or another database.
    stop "设置还没有移过去 / the settings are not moved yet. 运行后再来一次 / do this and run it again:
  sudo install -D -m 600 '$here/mailbox.toml' '$settings/mailbox.toml'"
fi

if [ -z "$root" ] || [ -n "${PYTHON:-}" ]; then
    case $("$python" -c 'import sys; print(sys.base_prefix)') in
    /home/* | /root/* | /run/user/*)
        # The service sees no home folders (ProtectHome), and a link to a program there would lead nowhere.
        stop "这个 Python 在个人文件夹里, 服务看不到它 / this Python lies in a home folder, which the service cannot see: $python
  sudo apt install python3-venv; sudo PYTHON=/usr/bin/python3 deploy/install_service.sh"
        ;;
    esac
fi

# The program belongs to root: who breaks into the mailbox cannot change it. The new one is made beside the old, which
# serves meanwhile.
mkdir -p "$root/opt" "$root/usr/local/sbin" "$root/etc/systemd/system"
rm -rf "$program.new"
mkdir -p "$program.new/docs" "$program.new/models" "$program.new/tools"
for part in app.py counselor_ui mailbox triage Makefile requirements-build.lock requirements.lock \
    docs/licences docs/papers tools/make_venv.sh; do
    cp -R "$here/$part" "$program.new/$part"
done
# What is served of models/; not the invented notes that they learned from.
cp -R "$here"/models/blend-* "$program.new/models/"
find "$program.new" -name __pycache__ -prune -exec rm -rf {} +
if [ -z "$root" ]; then
    chown -R root:root "$program.new"
    if ! make --no-print-directory -C "$program.new" .venv/run.stamp PYTHON="$python"; then
        rm -rf "$program.new"
        stop "没有装成, 原来的不变 / not installed; what was here before is as it was"
    fi
    (cd "$program.new" && .venv/bin/python -m compileall -q -p "$program" app.py counselor_ui mailbox triage)
    chmod -R u=rwX,go=rX "$program.new"
    id "$name" >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$name"
    systemctl stop "$name" 2>/dev/null || true
fi
rm -rf "$program"
mv "$program.new" "$program"

install -d -m 0700 "$data" "$settings"
[ -e "$settings/mailbox.toml" ] || install -m 0600 /dev/null "$settings/mailbox.toml"
if [ -z "$root" ]; then
    chown -R "$name:$name" "$data" "$settings"
fi
install -m 0644 "$here/deploy/qiaoqiaohua.service" "$here/deploy/journald@qiaoqiaohua.conf" "$root/etc/systemd/system/"
mv "$root/etc/systemd/system/journald@qiaoqiaohua.conf" "$root/etc/systemd/"
install -m 0755 "$here/deploy/qiaoqiaohua.sh" "$root/usr/local/sbin/qiaoqiaohua"

[ -n "$root" ] && exit 0
systemctl daemon-reload
# What an earlier try used up of its five starts does not count against this one.
systemctl reset-failed "$name" 2>/dev/null || true
systemctl enable --quiet --now "$name" ||
    stop "没有启动, 原因在这里 / it did not start; why stands here:  sudo journalctl --namespace=$name -n 20"
echo "装好了 / installed. 第一次的链接 / the link for the first time:  sudo journalctl --namespace=$name -n 20"
echo "别的命令 / other commands:  sudo qiaoqiaohua doctor   (backup, restore FILE, tls init, keys list, ...)"
