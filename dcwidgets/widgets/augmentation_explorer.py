"""The augmentation explorer: see what a policy does to pictures, and turn its knobs."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import traitlets

from dcwidgets.augmentation.catalog import CATALOG, MOST_STEPS, PRESETS
from dcwidgets.augmentation.chips import Chip, Chips, seeded, to_policy
from dcwidgets.augmentation.code import steps_code
from dcwidgets.augmentation.drawing import Drawer, to_tiles
from dcwidgets.augmentation.loading import is_loaded, load, load_soon
from dcwidgets.augmentation.policies import LARGEST_SEED
from dcwidgets.augmentation.steps import check_seed
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply, page
from dcwidgets.widgets._sheets import EDGE, sprite_sheet

if TYPE_CHECKING:
    import keras

_SMALLEST, _LARGEST = 32, 256
_LAST_TURN = 1_000_000


class AugmentationExplorer(AskedWidget):
    """See a policy at work on your pictures, and change it while you look.

    What is shown comes from the very Keras layers that train: `policy` called with
    ``training=True`` on the same pictures gives the same pixels.

    Parameters
    ----------
    images : ImageSet
        Pictures to draw from.
    policy : str, keras.Layer or sequence of keras.Layer, default "light"
        As for `dcwidgets.policy`.
    pictures : int, default 4
        How many pictures are shown, 1 to 12.
    draws : int, default 4
        How many draws of each, 1 to 12.
    size : int, default 128
        Edge of a tile in pixels, 32 to 256; pictures are cropped to a square.
    seed : int, default 0
        Seed of the draws, 0 to 999,999.
    fuse : bool, default False
        Do neighbouring geometric layers in one warp; see `dcwidgets.policy`.

    Attributes
    ----------
    seed : int
        Seed of the draws; assign to see others.

    Raises
    ------
    TypeError
        If ``images`` is no image set.
    ValueError
        If a number is out of range, the set is empty, or the policy is unknown.

    Examples
    --------
    >>> explorer = dcw.AugmentationExplorer(pets, "medium")  # doctest: +SKIP
    >>> dcw.measure(pets, test, augment=explorer.policy)  # doctest: +SKIP
    """

    _esm = page("augmentation_explorer.js")
    _css = page("augmentation_explorer.css")

    seed = traitlets.Int(0).tag(sync=True, echo_update=False)
    # What a new view starts with; pixels, and every change from here, travel as messages.
    _chips: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _fuse = traitlets.Bool(default_value=False).tag(sync=True, echo_update=False)
    _turn = traitlets.Int(0).tag(sync=True, echo_update=False)
    _about = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        images: ImageSet,
        policy: str | keras.Layer | Sequence[keras.Layer] = "light",
        *,
        pictures: int = 4,
        draws: int = 4,
        size: int = 128,
        seed: int = 0,
        fuse: bool = False,
    ) -> None:
        _check_images(images)
        self.images = images
        self._shape = _check_shape(pictures, draws, size)
        taken = _take(policy)
        taken.fuse = fuse or taken.fuse
        self._now = taken
        self._drawer = Drawer()
        # A fixed shuffle: every class soon comes into view, and a turn shows the same again.
        order = np.random.default_rng(0).permutation(len(images))
        self._order = images.table.index.to_numpy()[order]
        self._batch: tuple[int, Any] | None = None
        super().__init__(
            seed=seed,
            _chips=taken.chips,
            _fuse=taken.fuse,
            _about=_about(pictures, draws, size),
        )
        load_soon()

    @property
    def policy(self) -> keras.Layer:
        """The policy as it stands: a new Keras layer, ready to train.

        Its layers carry the seeds of the page, so its first call draws what the page
        shows. Assign a preset, a layer or a list of layers to show that instead.
        """
        return to_policy(self._now, self.seed)

    @policy.setter
    def policy(self, policy: str | keras.Layer | Sequence[keras.Layer]) -> None:
        self._now = _take(policy)
        self._drawer = Drawer()
        self._chips, self._fuse = self._now.chips, self._now.fuse
        # The page may have moved on without telling; it would then see no change of state.
        self.send({"event": "policy", "chips": self._now.chips, "fuse": self._now.fuse})

    @property
    def code(self) -> str:
        """The policy as Python code that needs Keras and nothing else."""
        return self._code(self._now, self.seed)

    @property
    def ids(self) -> list[str]:
        """Ids of the pictures shown."""
        pictures = self._shape[0]
        numbers = np.arange(self._turn * pictures, (self._turn + 1) * pictures)
        return list(self._order[numbers % len(self._order)])

    @property
    def originals(self) -> npt.NDArray[np.uint8]:
        """The pictures shown, unchanged: RGB uint8, shape (pictures, size, size, 3)."""
        return np.asarray(self.images.thumbnails(self.ids, size=self._shape[2]), np.uint8)

    def draw(self) -> npt.NDArray[np.uint8]:
        """Draw the tiles that the page shows, before they become a JPEG.

        Returns
        -------
        numpy.ndarray of shape (pictures, draws, size, size, 3)
            RGB, uint8.
        """
        tiles = self._draw(self._now, self.seed)
        return tiles.reshape(*self._shape[:2], *tiles.shape[1:])

    def other_pictures(self) -> AugmentationExplorer:
        """Show the next pictures of the set, as the button does."""
        self._turn = (self._turn + 1) % _LAST_TURN
        self.send({"event": "turn", "turn": self._turn})
        return self

    @traitlets.validate("seed")
    def _valid_seed(self, proposal: Any) -> int:
        return check_seed(proposal["value"], largest=LARGEST_SEED)

    @traitlets.validate("_chips")
    def _valid_chips(self, proposal: Any) -> list[Chip]:
        return self._now.check(list(proposal["value"]))

    @traitlets.observe("_chips", "_fuse")
    def _adopt(self, _: object) -> None:
        self._now = Chips(self._chips, self._fuse, self._now.own)

    @traitlets.validate("_turn")
    def _valid_turn(self, proposal: Any) -> int:
        return check_seed(proposal["value"], "turn", largest=_LAST_TURN)

    def _draw(self, chips: Chips, seed: int) -> npt.NDArray[np.uint8]:
        load()
        return to_tiles(self._drawer.draw(chips, self._pictures(), seed=seed))

    def _pictures(self) -> Any:  # a tensor of shape (pictures * draws, size, size, 3)
        import keras

        if self._batch is None or self._batch[0] != self._turn:
            floats = self.originals.astype(np.float32) / 255.0
            repeated = np.repeat(floats, self._shape[1], axis=0)
            self._batch = self._turn, keras.ops.convert_to_tensor(repeated)
        return self._batch[1]

    def _code(self, chips: Chips, seed: int) -> str:
        steps = [seeded(chip, seed) for chip in chips.chips if chip["on"]]
        return steps_code(steps, fuse=chips.fuse, own=chips.own_by_name())

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/html"] = self._static_html()
        return bundle

    def _static_html(self) -> str:
        """Picture the draws for a saved notebook, where no kernel runs."""
        rows = self.originals[:, None]
        # Importing Keras takes seconds, and the page is waiting to be shown.
        if is_loaded():
            rows = np.concatenate([rows, self.draw()], axis=1)
        sheet, _ = sprite_sheet(rows.reshape(-1, *rows.shape[2:]), columns=rows.shape[1])
        chain = ", ".join(_title(chip) for chip in self._chips if chip["on"]) or "nothing"
        return (
            f'<figure><img alt="Pictures before and after augmentation: {escape(chain)}" '
            f'src="data:image/jpeg;base64,{base64.b64encode(sheet).decode()}">'
            f"<figcaption>{escape(chain)}; seed {self.seed}. Run this cell to explore."
            "</figcaption></figure>"
        )

    # What the page may ask.

    def _answers(self) -> Mapping[str, Answer]:
        return {"pictures": self._answer_pictures, "draw": self._answer_draw}

    def _answer_pictures(self, ask: Ask) -> Reply:
        self._turn = ask.integer("turn", low=0, high=_LAST_TURN)
        sheet, _ = sprite_sheet(self.originals, columns=1)
        labels = self.images.table.loc[self.ids, "label"]
        names = [label if isinstance(label, str) else "" for label in labels]
        return {"turn": self._turn, "labels": names}, [sheet]

    def _answer_draw(self, ask: Ask) -> Reply:
        asked = self._now.check(ask.items("chips", most=MOST_STEPS))
        chips = Chips(asked, ask.flag("fuse"), self._now.own)
        seed = ask.integer("seed", low=0, high=LARGEST_SEED)
        n = ask.integer("n", low=0, high=2**53)
        load()
        self._pictures()
        started = time.perf_counter()
        tiles = self._draw(chips, seed)
        sheet, _ = sprite_sheet(tiles, columns=self._shape[1])
        spent = (time.perf_counter() - started) * 1000
        self._now = chips
        told = {"n": n, "seed": seed, "turn": self._turn, "ms": round(spent, 1)}
        return {**told, "code": self._code(chips, seed)}, [sheet]


def _take(policy: str | keras.Layer | Sequence[keras.Layer]) -> Chips:
    return Chips.of_preset(policy) if isinstance(policy, str) else Chips.of_policy(policy)


def _title(chip: Chip) -> str:
    return CATALOG[chip["layer"]].title if chip["layer"] in CATALOG else chip["layer"]


def _about(pictures: int, draws: int, size: int) -> dict[str, Any]:
    """Describe what never changes: the grid, the layers with their knobs, the presets."""
    return {
        "pictures": pictures,
        "draws": draws,
        "size": size,
        "most": MOST_STEPS,
        "largestSeed": LARGEST_SEED,
        "kinds": {
            name: {
                "title": kind.title,
                "knobs": [asdict(knob) for knob in kind.knobs],
                "defaults": kind.defaults(),
                "geometric": kind.geometric,
            }
            for name, kind in CATALOG.items()
        },
        "presets": {name: Chips.of_preset(name).chips for name in PRESETS},
    }


def _check_images(images: ImageSet) -> None:
    if not hasattr(images, "thumbnails"):
        raise TypeError(
            f"images must be an image set, got {type(images).__name__}. "
            'Load one with `dcw.load("pocket_pets")`.'
        )
    if not len(images):
        raise ValueError("The image set is empty. Look at `images.table` and `where(...)`.")


def _check_shape(pictures: int, draws: int, size: int) -> tuple[int, int, int]:
    most = 12
    if not (1 <= pictures <= most and 1 <= draws <= most and _SMALLEST <= size <= _LARGEST):
        raise ValueError(
            f"pictures and draws must lie between 1 and {most}, and size between {_SMALLEST} and "
            f"{_LARGEST}, got pictures={pictures!r}, draws={draws!r}, size={size!r}."
        )
    if max(pictures, draws + 1) * size > EDGE:
        raise ValueError(
            f"{pictures} rows and {draws} + 1 columns of {size} px do not fit into {EDGE} px. "
            "Show fewer pictures or draws, or make them smaller."
        )
    return pictures, draws, size
