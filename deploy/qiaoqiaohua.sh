#!/bin/sh
# The commands of the mailbox that runs as a service, as its own account: sudo qiaoqiaohua doctor
set -eu
cd /opt/qiaoqiaohua
umask 077
exec runuser -u qiaoqiaohua -- env QIAOQIAOHUA_DATA_DIR=/var/lib/qiaoqiaohua \
    QIAOQIAOHUA_CONFIG=/etc/qiaoqiaohua/mailbox.toml .venv/bin/python -m flask "$@"
