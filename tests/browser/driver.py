"""Start a real JupyterLab and drive it in a real Chromium, for tests and benchmarks."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)

from tests.browser import chromium

NODELAY = "--ServerApp.kernel_websocket_connection_class=dcwidgets.nodelay.NoDelayConnection"
Theme = Literal["JupyterLab Light", "JupyterLab Dark"]
SIZE = ViewportSize(width=1280, height=900)
THEMES: tuple[Theme, ...] = ("JupyterLab Light", "JupyterLab Dark")

_OPEN = """async path => {
  const { commands, shell } = window.jupyterapp;
  shell.activateById((await commands.execute('docmanager:open', { path })).id);
}"""
_IN_FRONT = "path => window.jupyterapp?.shell.currentWidget?.context?.path === path"
# JupyterLab's debugger says so of itself when a kernel ends or a notebook closes under it.
_DEBUGGER = "Could not restore the debugger state"
# Without asking whether to save: what a test leaves unsaved is meant to be lost.
_CLOSE_ALL = """() => {
  const shell = window.jupyterapp?.shell;
  [...shell?.widgets('main') ?? []].forEach(widget => widget.dispose());
  shell?.expandLeft();
}"""
# Without waiting for the kernel's answer, one run in three failed while it started.
_READY = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const widget = app.shell.currentWidget;
  await widget.context.ready;
  await widget.context.sessionContext.ready;
  await widget.sessionContext.session.kernel.info;
}"""
_RUN = """async ([seconds, text]) => {
  const { commands, shell } = window.jupyterapp;
  const late = new Promise((_, reject) => setTimeout(
    () => reject(new Error(`the notebook still runs after ${seconds} s`)), seconds * 1000));
  const { content } = shell.currentWidget;
  const last = [...content.model.cells].findIndex(({ sharedModel }) =>
    text && sharedModel.getSource().includes(text));
  if (text && last < 0) throw new Error(`no cell holds ${text}`);
  if (text) content.activeCellIndex = last + 1;
  const command = text ? 'notebook:run-all-above' : 'notebook:run-all-cells';
  await Promise.race([commands.execute(command), late]);
  // JupyterLab calls it done when a cell has raised, whether or not others still run.
  const { kernel } = shell.currentWidget.sessionContext.session;
  await Promise.race([kernel.requestExecute({ code: '', silent: true }).done, late]);
}"""
_PYTHON = """async code => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const answer = { text: '', error: '' };
  const future = kernel.requestExecute({ code, store_history: false });
  future.onIOPub = ({ header, content }) => {
    // Warnings of a thread that works beside the cell are none of its output.
    if (header.msg_type === 'stream' && content.name === 'stdout') answer.text += content.text;
    if (header.msg_type === 'error') answer.error = `${content.ename}: ${content.evalue}`;
  };
  await future.done;
  return answer;
}"""
# JupyterLab puts only those cells into the page that are near what is in sight.
_WHOLE = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.notebookConfig = { ...content.notebookConfig, windowingMode: 'none' };
}"""
_CELL_ERRORS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .flatMap((cell, index) => (cell.sharedModel.outputs ?? [])
    .filter(output => output.output_type === 'error')
    .map(output => `cell ${index}: ${output.ename}: ${output.evalue}`))"""


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address, its token and the folder it shows."""

    url: str
    token: str
    folder: Path

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook with these code cells into the folder; return its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.folder / name)
        return name

    def api(self, path: str, *, method: str = "GET") -> Any:
        """Call the server's REST interface; return the decoded answer, None if it is empty."""
        request = urllib.request.Request(  # noqa: S310 - always our own loopback address
            f"{self.url}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body else None

    def end_sessions(self, *, but: Collection[str] = ()) -> None:
        """Stop the kernels, but those of some notebooks: the next test starts with free memory."""
        for session in self.api("sessions"):
            if session["path"] not in but:
                self.api(f"sessions/{session['id']}", method="DELETE")


@dataclass
class Notebook:
    """A notebook open in JupyterLab, with its kernel ready."""

    page: Page
    name: str

    def run_all(self, *, seconds: float = 120) -> None:
        """Run all cells and wait until the last one is done."""
        self.page.evaluate(_RUN, [seconds, ""])

    def run_up_to(self, text: str, *, seconds: float = 120) -> None:
        """Run the cells up to the first that holds a text, that one included, and wait."""
        self.page.evaluate(_RUN, [seconds, text])

    def python(self, code: str) -> str:
        """Run code in the notebook's kernel and return what it printed.

        Raises
        ------
        RuntimeError
            If the code raised; the message is the kernel's.
        """
        answer = self.page.evaluate(_PYTHON, code)
        if answer["error"]:
            raise RuntimeError(answer["error"])
        return str(answer["text"])

    def value(self, expression: str) -> Any:
        """Evaluate an expression in the kernel and return its value by way of JSON."""
        return json.loads(self.python(f"import json as _json; print(_json.dumps({expression}))"))

    def wait_for(self, expression: str, *, seconds: float = 40) -> None:
        """Wait until an expression is true in the kernel.

        Raises
        ------
        TimeoutError
            If it is still false then; the message gives the expression.
        """
        end = time.monotonic() + seconds
        while not self.value(f"bool({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(f"not true after {seconds:g} s: {expression}")
            self.page.wait_for_timeout(50)

    def cell_errors(self) -> list[str]:
        """Return the error outputs of all cells, such as ``cell 3: ValueError: ...``."""
        return list(self.page.evaluate(_CELL_ERRORS))

    def show_whole(self) -> None:
        """Put every cell into the page, those out of sight too."""
        self.page.evaluate(_WHOLE)

    def theme(self, name: Theme) -> None:
        """Switch JupyterLab's theme and wait until its style sheet is in force."""
        switch_theme(self.page, name)


@dataclass
class Watch:
    """What went wrong in a page: exceptions, console errors, requests to other hosts."""

    allowed: str
    troubles: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("pageerror", lambda error: self.troubles.append(f"exception: {error}"))
        page.on("console", self._hear)
        page.on("request", lambda request: self._judge(request.url))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and _DEBUGGER not in said.text:
            self.troubles.append(f"console: {said.text}")

    def _judge(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.allowed:
            self.troubles.append(f"request to another host: {url}")


@contextmanager
def serve(folder: Path, *, data_dir: Path | None = None, nodelay: bool = True) -> Iterator[Server]:
    """Run JupyterLab on a folder, with settings, port and token of its own.

    Parameters
    ----------
    folder : Path
        The folder shown to the browser and the kernels' working directory.
    data_dir : Path, optional
        Where kernels find data sets (``TFDS_DATA_DIR``).
    nodelay : bool, default True
        Use the websocket of ``dcwidgets.nodelay``, as ``dcwidgets lab`` does.

    Raises
    ------
    RuntimeError
        If the server ends or does not answer within two minutes; the message holds its log.
    """
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}"]
    if nodelay:
        command.append(NODELAY)
    with run_server([*command, "--allow-root"], folder, data_dir=data_dir) as server:
        yield server


@contextmanager
def run_server(
    command: Sequence[str], folder: Path, *, data_dir: Path | None = None
) -> Iterator[Server]:
    """Run a command that starts JupyterLab on a folder, as `serve` does.

    Raises
    ------
    RuntimeError
        If the server ends or does not answer within two minutes; the message holds its log.
    """
    state = folder.with_name(f"{folder.name}-state")
    _quiet_settings(state / "settings")
    token, port = secrets.token_hex(16), _free_port()
    server = Server(f"http://127.0.0.1:{port}", token, folder)
    log = state / "server.log"
    command = [*command, *_options(port, token)]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env=_environment(state, data_dir)
        )
    try:
        _wait_until_it_answers(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def browse() -> Iterator[Browser]:
    """Start a headless Chromium."""
    path = chromium.ensure()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield browser
        browser.close()


@contextmanager
def browse_with(profile: Path) -> Iterator[BrowserContext]:
    """Start a headless Chromium that keeps its caches in a folder: JupyterLab loads faster."""
    path = chromium.ensure()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=path,
            args=list(chromium.FLAGS),
            viewport=SIZE,
        )
        yield started
        started.close()


def open_notebook(page: Page, server: Server, name: str) -> Notebook:
    """Load JupyterLab with a notebook of its folder, and wait until its kernel answers."""
    page.goto(f"{server.url}/lab/tree/{name}?reset&token={server.token}")
    return _when_ready(page, name)


def open_another(page: Page, name: str) -> Notebook:
    """Open a notebook in the JupyterLab of a page, and wait until its kernel answers."""
    page.evaluate(_OPEN, name)
    return _when_ready(page, name)


def _when_ready(page: Page, name: str) -> Notebook:
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.wait_for_function(_IN_FRONT, arg=name)
    page.evaluate(_READY)
    return Notebook(page, name)


def close_all(page: Page) -> bool:
    """Close every document of a page's JupyterLab and show its left side, as it comes.

    Nothing is saved, and kernels go on.

    Returns whether the page can go on: one that asks something cannot.
    """
    page.evaluate(_CLOSE_ALL)
    return page.locator(".jp-Dialog").count() == 0


def switch_theme(page: Page, name: Theme) -> None:
    """Switch JupyterLab's theme and wait until its style sheet is in force."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
    )
    light = str(name == "JupyterLab Light").lower()
    # "attached": the body of JupyterLab has no size of its own, so it never counts as visible.
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached", timeout=60_000)
    # JupyterLab trips over its own splash screen when the next switch comes before it is gone.
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)


def _quiet_settings(folder: Path) -> None:
    """Turn off what would cover a widget: the question about news, and recommendations."""
    plugin = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text('{"fetchNews": "false", "checkForUpdates": false}')


def _options(port: int, token: str) -> list[str]:
    return [
        *("--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", "--expose-app-in-browser"),
        # Test folders come and go: no search for updates, and no look whether JupyterLab has to be
        # built, for which it starts node.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--ServerApp.tornado_settings={'page_config_data': {'buildCheck': False}}",
    ]


def _environment(state: Path, data_dir: Path | None) -> dict[str, str]:
    environment = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
        "IPYTHONDIR": str(state / "ipython"),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    if data_dir is not None:
        environment["TFDS_DATA_DIR"] = str(data_dir)
    return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            server.api("status")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"JupyterLab does not answer. Its log:\n{log.read_text(errors='replace')}")
