"""Commands of ``flask`` as a technician types them, in the tests' own process: another would read the program first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from flask.testing import FlaskCliRunner

from app import create_app
from mailbox.config import Settings, load_settings


class Console:
    """A window in which a technician types commands for the installation under ``folder``."""

    def __init__(self, folder: Path, set_variable: Callable[[str, str], None]) -> None:
        (folder / "mailbox.toml").touch()
        # The commands run in this very process, which is not to be closed off.
        set_variable("QIAOQIAOHUA_MEMORY_PRIVATE", "false")
        for name, value in (("DATA_DIR", folder / "var"), ("CONFIG", folder / "mailbox.toml")):
            set_variable(f"QIAOQIAOHUA_{name}", str(value))
        self.folder = folder
        self._runner: FlaskCliRunner = create_app().test_cli_runner()

    @property
    def settings(self) -> Settings:
        given = {"QIAOQIAOHUA_DATA_DIR": str(self.folder / "var")}
        return load_settings(given, self.folder)

    def said(self, *words: str, given: str = "") -> str:
        """Return what a command printed. Raises AssertionError when it failed."""
        done = self._run(words, given)
        assert done.exit_code == 0, done.output
        return done.output

    def refusal(self, *words: str, given: str = "") -> str:
        """Return what a command printed that ended with an error."""
        done = self._run(words, given)
        assert done.exit_code in (1, 2), done.output
        return done.output

    def _run(self, words: tuple[str, ...], given: str) -> Result:
        done = self._runner.invoke(args=list(words), input=given)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done
