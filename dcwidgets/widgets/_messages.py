"""Requests from the page: checked field by field, and always answered."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import anywidget
import numpy as np
import numpy.typing as npt

from dcwidgets.outside import is_number

Reply: TypeAlias = tuple[dict[str, Any], Sequence[bytes]]  # JSON fields, then binary buffers
Answer: TypeAlias = "Callable[[Ask], Reply]"

_LOG = logging.getLogger(__name__)
_LONGEST_SHOWN = 60
_HEARD = 10_000  # more than a page asks while a cell runs for half an hour


class Ask:
    """One request from the page; nothing in it is trusted.

    Every method reads one field, checks its type and range, and raises
    ``ValueError`` with the field's name, what was given and what is allowed.

    Parameters
    ----------
    fields : mapping
        The JSON part of the message.
    buffers : sequence of memoryview, optional
        The binary part.
    """

    def __init__(self, fields: Mapping[str, Any], buffers: Sequence[memoryview] = ()) -> None:
        self._fields = fields
        self._buffers = buffers

    def has(self, name: str) -> bool:
        """Say whether the field is there and not null."""
        return self._fields.get(name) is not None

    def integer(self, name: str, *, low: int, high: int) -> int:
        """Read a whole number from ``low`` to ``high``, both included."""
        value = self._fields.get(name)
        # bool is an int in Python: a stray `true` must not become 1.
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _refusal(name, value, f"a whole number from {low} to {high}")
        return value

    def number(self, name: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """Read a finite number from ``low`` to ``high``, both included."""
        value = self._fields.get(name)
        # An empty number field arrives as None.
        if not is_number(value) or not low <= value <= high:
            raise _refusal(name, value, f"a number from {low} to {high}")
        return float(value)

    def text(self, name: str, *, longest: int = 200) -> str:
        """Read a text of at most ``longest`` characters."""
        value = self._fields.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise _refusal(name, value, f"a text of at most {longest} characters")
        return value

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Read one of the texts in ``allowed``."""
        value = self._fields.get(name)
        if not isinstance(value, str) or value not in allowed:
            shown = ", ".join(map(repr, allowed[:20])) + ", ..." * (len(allowed) > 20)
            raise _refusal(name, value, f"one of {shown}")
        return value

    def flag(self, name: str) -> bool:
        """Read true or false."""
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise _refusal(name, value, "true or false")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        """Read a JSON object; its values are for the caller to check."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise _refusal(name, value, "an object")
        return value

    def items(self, name: str, *, most: int) -> list[Any]:
        """Read a JSON list of at most ``most`` values; the values are for the caller to check."""
        value = self._fields.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise _refusal(name, value, f"a list of at most {most} values")
        return value

    def mask(self, *, length: int) -> npt.NDArray[np.bool_]:
        """Read one bit per row, the lowest bit of the first byte first, from the first buffer."""
        given = self._buffers[0].nbytes if len(self._buffers) == 1 else 0
        if given != -(-length // 8):
            raise ValueError(f"the request carries {given} bytes of bits for {length} rows.")
        packed = np.frombuffer(self._buffers[0], np.uint8)
        return np.unpackbits(packed, count=length, bitorder="little").astype(bool)

    def indices(self, *, below: int, most: int | None = None) -> npt.NDArray[np.int64]:
        """Read row numbers, 0 to ``below`` excluded, from the first buffer (little-endian uint32).

        Returns
        -------
        numpy.ndarray of shape (n,)
            At most ``most`` numbers, in the order of the page.
        """
        if len(self._buffers) != 1 or self._buffers[0].nbytes % 4:
            raise ValueError(
                f"the request carries {len(self._buffers)} buffers. Expected one of whole uint32."
            )
        rows = np.frombuffer(self._buffers[0], dtype="<u4").astype(np.int64)
        if len(rows) and rows.max() >= below:
            raise ValueError(f"row {rows.max()} is outside the table of {below} rows.")
        if most is not None and len(rows) > most:
            raise ValueError(f"the request names {len(rows)} rows. At most {most} are allowed.")
        return rows


def page(name: str) -> str:
    """Read the built page half of a widget, ``<name>.js`` or ``<name>.css``.

    Its text and not its path: of a file, anywidget would keep every widget that was ever made,
    closed or not, to tell it of changes.

    Raises
    ------
    FileNotFoundError
        If the front end was never built, as in a fresh checkout.
    """
    path = Path(__file__).parents[1] / "static" / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: the front end is not built. In a checkout run "
            "`npm ci && npm run build` in dcwidgets/frontend; otherwise reinstall dcwidgets."
        )
    return path.read_text("utf-8")


class Tidy(anywidget.AnyWidget):
    """A widget that takes its layout with it when it is closed.

    ipywidgets makes a model for the layout of each widget and forgets it there: one more
    comm for every widget that was ever shown.
    """

    def close(self) -> None:
        """Close the widget in every view, and what was made for it alone."""
        layout = None if self.comm is None else self.layout
        super().close()
        if layout is not None:
            layout.close()


class AskedWidget(Tidy):
    """A widget whose page asks and whose kernel answers.

    A request is ``{"type": ..., "id": ..., **fields}`` with binary buffers; its
    answer is ``{"id": ..., **fields}`` with buffers, or ``{"id", "error"}`` with
    one sentence for the reader. A second copy of a request says so by ``"again": true``.
    Subclasses list what may be asked:

    >>> class Clock(AskedWidget):
    ...     _esm = "export default {}"
    ...     def _answers(self):
    ...         return {"time": lambda ask: ({"hour": ask.integer("plus", low=0, high=9)}, [])}
    """

    # ipywidgets 7, which Colab brings, shows a bare view by this method: no picture for a notebook
    # without a kernel, and not what Colab has to be told.
    _ipython_display_ = None

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._heard: dict[str, str] = {}  # by id, in the order of arrival: the copy answered
        self._hearing = threading.Lock()
        self.on_msg(_hear)
        self._hear_beside_cells()

    def send(self, content: dict[str, Any], buffers: Sequence[bytes] | None = None) -> None:
        """Send a message to every view of this widget."""
        super().send(content, buffers)
        self._hear_beside_cells()

    def _hear_beside_cells(self) -> None:
        """Let requests be answered while a cell runs.

        JupyterLab sends what a widget asks to a subshell, a second thread of the kernel. From
        7.4 on, ipykernel sends it to the thread that spoke last instead: after a cell showed
        the widget, that is the thread that runs the cells, and the page would stay empty
        until a training in a later cell is over.
        """
        if self.comm is not None:
            getattr(self.comm, "__dict__", {}).pop("_reply_subshell_id", None)

    def _is_new(self, request: str, *, again: bool) -> bool:
        """Say whether to answer; of a request that the page sent twice, one copy is.

        The second copy may come in another thread, and before the first, which waited for cells.
        """
        with self._hearing:
            answered = self._heard.get(request)
            if answered == "again" or (again and answered):
                return False
            self._heard[request] = "again" if again else "first"
            if len(self._heard) > _HEARD:
                del self._heard[next(iter(self._heard))]
            return True

    def _answers(self) -> Mapping[str, Answer]:
        """Map each request's type to the function that answers it."""
        return {}


def _hear(widget: AskedWidget, content: object, buffers: Sequence[memoryview] | None) -> None:
    reply: dict[str, Any] = {"id": None}
    sheets: Sequence[bytes] = ()
    try:
        if not isinstance(content, dict):
            raise _refusal("request", content, "an object")  # noqa: TRY301
        ask = Ask(content, [memoryview(b).cast("B") for b in buffers or ()])
        reply = {"id": ask.text("id", longest=100)}
        again = ask.has("again") and ask.flag("again")
        if not widget._is_new(reply["id"], again=again):  # noqa: SLF001
            return
        answers = widget._answers()  # noqa: SLF001
        found, sheets = answers[ask.choice("type", list(answers))](ask)
        reply |= found
    except Exception as error:  # noqa: BLE001  an unanswered request would hang the page
        if not isinstance(error, ValueError):
            _LOG.exception("a widget request failed")
        reply["error"] = str(error) or type(error).__name__
        sheets = ()
    widget.send(reply, list(sheets))


def _refusal(name: str, value: object, allowed: str) -> ValueError:
    shown = repr(value)
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[:_LONGEST_SHOWN] + " (cut)"
    return ValueError(f"{name!r} is {shown}. Expected {allowed}.")
