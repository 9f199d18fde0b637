"""The augmentation explorer: see what a policy does to pictures, and turn its knobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.augmentation.chips import Chips, to_policy
from dcwidgets.augmentation.drawing import Drawer
from dcwidgets.augmentation.drawn import describe, drawn_steps
from dcwidgets.augmentation.loading import is_loaded, load_soon
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._effects import GUESSES, Effects, in_words
from dcwidgets.widgets._explorer_answers import LAST_TURN, AnsweringExplorer
from dcwidgets.widgets._explorer_page import (
    about,
    chain,
    check_images,
    check_model,
    check_shape,
    static_html,
)
from dcwidgets.widgets._messages import page
from dcwidgets.widgets._pins import Pin
from dcwidgets.widgets._shown import Shown

if TYPE_CHECKING:
    import keras


class AugmentationExplorer(AnsweringExplorer):
    """See a policy at work on your pictures, and change it while you look.

    What is shown comes from the very Keras layers that train: `policy` called with
    ``training=True`` on the same pictures gives the same pixels.

    Parameters
    ----------
    images : ImageSet
        Pictures to draw from.
    policy : str, keras.Layer or sequence of keras.Layer, default "light"
        As for `dcwidgets.policy`.
    model : keras.Model, optional
        A trained model; the page then says for each class whether its pictures keep
        their label under the policy, as `dcwidgets.label_safety` computes it.
    test : ImageSet, optional
        Trusted pictures that are not among ``images``. The page then lets you guess what
        the policy does to the score, and reveals what it measures: THE model trained on
        ``images`` with and without the policy, three seeds of 300 batches each.
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
        If ``images`` is no image set, or ``model`` no model.
    ValueError
        If a number is out of range, the set is empty, or the policy is unknown.

    Examples
    --------
    >>> explorer = dcw.AugmentationExplorer(train, "medium")
    >>> data = dcw.prepare(train, augment=explorer.policy)

    Look at what a model gets wrong, such as the pictures picked in another widget:

    >>> seen = dcw.EvaluationExplorer(dcw.evaluate(model, test))
    >>> seen.selection = test.table.index[:6]
    >>> hard = dcw.AugmentationExplorer(test.take(seen.selection), "medium", model)
    """

    _esm = page("augmentation_explorer.js")
    _css = page("augmentation_explorer.css")

    def __init__(  # noqa: PLR0913 - all but two are optional, and each is one word
        self,
        images: ImageSet,
        policy: str | keras.Layer | Sequence[keras.Layer] = "light",
        model: keras.Model | None = None,
        *,
        test: ImageSet | None = None,
        pictures: int = 4,
        draws: int = 4,
        size: int = 128,
        seed: int = 0,
        fuse: bool = False,
    ) -> None:
        check_images(images)
        check_shape(pictures, draws, size)
        check_model(model)
        if test is not None:
            check_images(test, "test")
        self.images = images
        shown = Shown(images, pictures, draws, size)
        now, drawer = _take(policy, shown, fuse=fuse)
        guesses = GUESSES if test is not None else ()
        described = about(shown, model=model is not None, guesses=guesses)
        effects = None if test is None else Effects(images, test)
        super().__init__(shown, now, drawer, model, effects, seed=seed, _about=described)
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
        self._now, self._drawer = _take(policy, self._shown)
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
        return self._shown.ids(self._turn)

    @property
    def originals(self) -> npt.NDArray[np.uint8]:
        """The pictures shown, unchanged: RGB uint8, shape (pictures, size, size, 3)."""
        return self._shown.originals(self._turn)

    def draw(self) -> npt.NDArray[np.uint8]:
        """Draw the tiles that the page shows, before they become a JPEG.

        Returns
        -------
        numpy.ndarray of shape (pictures, draws, size, size, 3)
            RGB, uint8.
        """
        tiles = self._draw(self._now, self.seed, self._turn)
        return tiles.reshape(self._shown.pictures, self._shown.draws, *tiles.shape[1:])

    @property
    def drawn(self) -> pd.DataFrame:
        """What each step drew for each tile, from the numbers of the layers themselves.

        Columns ``id``, ``draw`` (from 0), ``step`` (from 1), ``layer``, ``numbers`` (a
        dictionary of numbers, see `dcwidgets.augmentation.drawn.Draw`) and ``words``.
        """
        shown = self._shown
        steps = drawn_steps(self._now, shown.batch(self._turn), seed=self.seed)
        said = describe(steps, shown.pictures * shown.draws, shown.size)
        rows = [
            (self.ids[tile // shown.draws], tile % shown.draws, d.step, d.layer, d.numbers, d.words)
            for tile, draws in enumerate(said)
            for d in draws
        ]
        return pd.DataFrame(rows, columns=["id", "draw", "step", "layer", "numbers", "words"])

    @property
    def effects(self) -> pd.DataFrame:
        """What was guessed about policies, and what was measured.

        Columns ``policy``, ``guess``, ``none`` and ``score`` (accuracy without and with the
        policy, 0 to 1), ``change`` with its 95 % interval ``low`` and ``high``, ``verdict``
        and ``right`` (bool).
        """
        return self._known_effects().table

    def effect(self, guess: str) -> str:
        """Guess what the policy does to the score, then measure it, as the page does.

        Parameters
        ----------
        guess : str
            ``"raises"``, ``"changes little"`` or ``"lowers"``.

        Returns
        -------
        str
            What was measured, in words; `effects` holds the numbers.

        Raises
        ------
        ValueError
            If the explorer was made without ``test``, or the guess is none of the three.
        """
        effects = self._known_effects()
        return in_words(effects.measure(self.policy, chain(self._now.chips), guess))

    @property
    def pins(self) -> list[Pin]:
        """The draws that were pinned, in order; take one away with `unpin`."""
        return list(self._board.pins)

    def pin(self, picture: int, draw: int) -> Pin:
        """Pin one of the tiles shown, as a click on it does.

        Parameters
        ----------
        picture, draw : int
            Row and column of the tile, as in `draw`, from 0.

        Raises
        ------
        ValueError
            If there is no such tile, or no room for a further pin.
        """
        shown = self._shown
        if not (0 <= picture < shown.pictures and 0 <= draw < shown.draws):
            raise ValueError(
                f"There are {shown.pictures} pictures with {shown.draws} draws each, counted "
                f"from 0, got picture={picture!r}, draw={draw!r}."
            )
        pinned = self._pin(self._now, self.seed, self._turn, picture * shown.draws + draw)
        self._tell_pins()
        return pinned

    def unpin(self, pin: Pin | int) -> None:
        """Take a pin, or the pin of this number, away.

        Raises
        ------
        ValueError
            If there is no such pin.
        """
        self._board.remove(pin.number if isinstance(pin, Pin) else pin)
        self._tell_pins()

    def other_pictures(self) -> AugmentationExplorer:
        """Show the next pictures of the set, as the button does."""
        self._turn = (self._turn + 1) % LAST_TURN
        self.send({"event": "turn", "turn": self._turn})
        return self

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            # Importing Keras takes seconds, and the page is waiting to be shown.
            draws = self.draw() if is_loaded() else None
            data["text/html"] = static_html(self.originals, draws, self._chips, self.seed)
        return bundle


def _take(
    policy: str | keras.Layer | Sequence[keras.Layer], shown: Shown, *, fuse: bool = False
) -> tuple[Chips, Drawer]:
    """Take a policy apart, and refuse one that cannot draw what is shown."""
    drawer = Drawer()
    if isinstance(policy, str):
        chips = Chips.of_preset(policy)
        chips.fuse = fuse
        return chips, drawer
    chips = Chips.of_policy(policy)
    chips.fuse = fuse or chips.fuse
    drawer.draw(chips, shown.batch(0), seed=0)  # what it traces is what the page draws first
    return chips, drawer
