# A teacher's two commands: `make run` serves the mailbox, `make demo` shows a school with invented notes.
# A developer's: `make test`, `make bench`, `make audit`, `make lock`, `make clean`. Each does its own set-up first.
SHELL := /bin/bash
PYTHON ?= python3
TESTS_AT_ONCE ?= 4
VENV := .venv
# By module and not by .venv/bin/NAME, so that the folder may be moved and its name may hold spaces or Chinese.
PY := $(VENV)/bin/python
# Every package is pinned and its bytes are checked. jieba comes as source, so what builds it is locked too.
PIP := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes --use-pep517 --no-build-isolation
AUDIT_PY := $(VENV)/audit/bin/python
# Says where the packages of what is served lie.
PACKAGES := $(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
LOCK := $(AUDIT_PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-config --no-emit-index-url --no-emit-find-links $(UPGRADE)

# Another Python's settings must not leak into ours.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIREMENT
# A Python that is gone (upgraded, removed) leaves a folder of dead links: then all is made anew.
ifneq ($(shell $(PY) -c 'print("alive")' 2>/dev/null),alive)
$(shell rm -f $(VENV)/*.stamp)
endif

.PHONY: help run https backup restore doctor demo test lint types torture fuzz bench pictures model encoder teacher audit sbom lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make run    启动信箱 / serve the mailbox          http://127.0.0.1:8000'
	@echo 'make https  让学校网络里的平板连上来 / serve the tablets of the school network'
	@echo 'make backup 现在做一次备份 / make a backup now        (DIR=FOLDER)'
	@echo 'make restore FILE=…  在空的电脑上恢复 / bring a backup back'
	@echo 'make doctor 看看都好不好 / look whether all is well'
	@echo 'make demo   看看演示学校 / serve an invented school  http://127.0.0.1:8001'
	@echo 'make test   运行全部测试 / run every test'
	@echo 'make torture 反复掐断它, 看会不会丢信 / crash it over and over and look for what is lost'
	@echo 'make fuzz   试一万个坏输入 / try ten thousand hostile inputs  (SEED=NUMBER)'
	@echo 'make bench  测量速度 / measure the speed'
	@echo 'make pictures  给每一页拍照 / take a picture of every page'
	@echo 'make model  重做分诊模型 / make the triage model anew  (PUBLIC=FOLDER 用上公开数据 / with the public data)'
	@echo 'make audit  查一查用到的软件有没有已知的毛病 / look whether what we use is whole and known to be sound'
	@echo 'make sbom   写出物料清单 / write the bill of materials  var/sbom.cdx.json'
	@echo 'make lock   更新依赖锁 / lock the dependencies anew (UPGRADE=--upgrade takes newer ones)'
	@echo 'make clean  删除环境与缓存, 不动数据 / remove the environment and caches, never the data'

run: $(VENV)/run.stamp
	@$(PY) -m flask init
	@$(PY) -m flask serve

https: $(VENV)/run.stamp
	@$(PY) -m flask tls init

backup: $(VENV)/run.stamp
	@$(PY) -m flask backup $(if $(DIR),"$(DIR)")

restore: $(VENV)/run.stamp
	@$(PY) -m flask restore "$(FILE)"

doctor: $(VENV)/run.stamp
	@$(PY) -m flask doctor

# Each place is named, so that no mailbox.toml and no variable can lead the demonstration into a real school's data.
demo: export QIAOQIAOHUA_DATA_DIR = $(CURDIR)/var/demo
demo: export QIAOQIAOHUA_DATABASE_URL = sqlite:///$(CURDIR)/var/demo/mailbox.db
demo: export QIAOQIAOHUA_KEY_FILE = $(CURDIR)/var/demo/mailbox.key
demo: export QIAOQIAOHUA_LISTEN_HOST = 127.0.0.1
demo: export QIAOQIAOHUA_LISTEN_PORT = 8001
demo: $(VENV)/run.stamp
	@$(PY) -m flask demo

# Four at a time keep two processors busy, since many tests wait for a browser or a server. Those of one file stay
# together: they share what they served.
test: lint types
	@$(PY) -m pytest -n $(TESTS_AT_ONCE) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/test.stamp
	@$(PY) -m ruff check --quiet .

types: $(VENV)/test.stamp
	@$(PY) -m mypy --no-error-summary

# Minutes; as root also on a disk of its own. SEED=2 draws other moments, ONLY=kills,clock names some scenes.
torture: $(VENV)/test.stamp
	@$(PY) -m tests.torture $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

# What `make test` tries for seconds, for as long as it takes.
fuzz: $(VENV)/test.stamp
	@FUZZ=long FUZZ_SEED=$(or $(SEED),1) $(PY) -m pytest -q -s --timeout 0 tests/fuzzing

bench: $(VENV)/run.stamp
	@$(PY) -m bench

pictures: $(VENV)/test.stamp
	@$(PY) tools/take_pictures.py

# An hour on two fast processors, two on slow ones: exactly what is shipped. models/encoder-1 is only made anew when it should read
# otherwise (half an hour). `make teacher`, an hour where processors multiply in 16 bits and five elsewhere, makes what
# `make model TEACHER=models/teacher-1` learns from besides (docs/decisions/0034).
ON_PUBLIC = $(if $(PUBLIC),--public "$(PUBLIC)")
model: $(VENV)/model.stamp
	@$(PY) -m flask triage corpus check
	@$(PY) -m flask triage teach network $(if $(TEACHER),--teacher "$(TEACHER)" $(ON_PUBLIC))
	@$(PY) -m flask triage train --network var/network $(ON_PUBLIC)

encoder: $(VENV)/model.stamp
	@$(PY) -m flask triage teach encoder $(ON_PUBLIC)

teacher: $(VENV)/model.stamp
	@$(PY) -m flask triage teach teacher $(ON_PUBLIC)

# Error 1: something was found. Error 3: nothing was, but an advisory source could not be asked (docs/decisions/0027).
audit: $(VENV)/run.stamp $(VENV)/audit.stamp
	@$(AUDIT_PY) -m tools.supply.audit "$$($(PACKAGES))"

sbom: $(VENV)/run.stamp $(VENV)/audit.stamp
	@$(AUDIT_PY) -m tools.supply.sbom "$$($(PACKAGES))" var/sbom.cdx.json

lock: $(VENV)/audit.stamp
	@for file in requirements-build requirements requirements-dev requirements-model requirements-audit; do $(LOCK) $$file.in -o $$file.lock || exit 1; done

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

$(VENV)/made.stamp:
	@tools/make_venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/run.stamp: requirements-build.lock requirements.lock $(VENV)/made.stamp
	@echo '正在安装所需的程序, 第一次要一两分钟 / Installing what the mailbox needs, a minute or two the first time ...'
	@$(PIP) -r requirements-build.lock
	@$(PIP) -r requirements.lock
	@touch $@

# Beside what is served and never in it.
$(VENV)/audit.stamp: requirements-audit.lock $(VENV)/made.stamp
	@$(PY) -m venv --clear $(VENV)/audit
	@$(AUDIT_PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

$(VENV)/model.stamp: requirements-build.lock requirements-model.lock $(VENV)/made.stamp
	@echo '正在安装训练所需的程序 / Installing what training needs ...'
	@$(PIP) -r requirements-build.lock
	@$(PIP) -r requirements-model.lock
	@touch $@

$(VENV)/test.stamp: requirements-build.lock requirements-dev.lock tools/get_test_parts.sh $(VENV)/made.stamp
	@tools/get_test_parts.sh
	@echo '正在安装测试所需的程序 / Installing what the tests need ...'
	@$(PIP) -r requirements-build.lock
	@$(PIP) -r requirements-dev.lock
	@touch $@
