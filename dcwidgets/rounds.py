"""Rounds of collecting: ways to choose the next pictures, side by side over paired seeds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from dcwidgets.acquisition import WAYS, collect
from dcwidgets.recipe import Recipe
from dcwidgets.training import Judge, Score, build_model, readable, train_steps
from dcwidgets.workbench import Workbench

if TYPE_CHECKING:
    import keras

    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet

_DRAWS = 2000


class Gain(NamedTuple):
    """Points of accuracy that one way earns over another, with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        mean, low, high = (f"{100 * value:+.1f}" for value in self)
        return f"{mean} points (95% interval {low} to {high})"


class Rounds:
    """Collect from a pool in rounds, in several ways at once, and compare what they earn.

    All ways start from the same model of a seed, label as many pictures in each round, and
    train anew for the same number of batches. Labels of the pool are revealed by collecting
    alone.

    Parameters
    ----------
    images : ImageSet
        With splits ``train``, to start from, and ``pool``, to collect from.
    test : ImageSet
        Trusted pictures that judge.
    n : int
        Pictures to collect per round and way.
    ways : sequence of str, default ("random", "uncertainty")
        As ``by`` of `collect`.
    look : ImageSet, optional
        Trusted pictures in which weak slices are looked for; not those that judge. Needed for
        ``"weak_slice"`` alone.
    seeds : sequence of int, default (0, 1, 2)
        One training each per round and way.
    steps : int, default 600
        Batches of 32 per training.
    image_size : int, default 64
        Edge of the square input in pixels.

    Raises
    ------
    ValueError
        If a split, a way or a seed is missing or unknown.

    Examples
    --------
    >>> rounds = dcw.Rounds(pets, test, 8, seeds=(0, 1), steps=5)
    >>> gain = rounds.collect().gain("uncertainty")
    >>> -1 <= gain.low <= gain.mean <= gain.high <= 1
    True
    """

    def __init__(
        self,
        images: ImageSet,
        test: ImageSet,
        n: int,
        *,
        ways: Sequence[str] = ("random", "uncertainty"),
        look: ImageSet | None = None,
        seeds: Sequence[int] = (0, 1, 2),
        steps: int = 600,
        image_size: int = 64,
    ) -> None:
        self._check(images, ways, seeds)
        if "weak_slice" in ways and look is None:
            raise ValueError(
                'by="weak_slice" looks for weak slices: pass look=, trusted pictures other than '
                "`test`, for what was looked at to choose cannot judge the choice."
            )
        self.images, self.test, self.look = images, test, look
        self.n, self.ways, self.seeds = n, tuple(ways), tuple(seeds)
        self._steps, self._size = steps, image_size
        self._chosen: dict[tuple[str, int], list[str]] = {
            (way, seed): [] for way in ways for seed in seeds
        }
        self._weights: dict[tuple[str, int], list[np.ndarray]] = {}
        self._bench = Workbench(build_model, classes=len(images.classes), image_size=image_size)
        self._judges: list[dict[str, Judge]] = []
        self._seconds: list[dict[str, float]] = []
        self._begin()

    @staticmethod
    def _check(images: ImageSet, ways: Sequence[str], seeds: Sequence[int]) -> None:
        missing = {"train", "pool"} - set(images.table["split"])
        if missing:
            raise ValueError(
                f"The images have no split {' and no '.join(sorted(missing))}. "
                'Move pictures with `recipe.move(ids, "pool")`, or pass `run.everything`.'
            )
        unknown = [way for way in ways if way not in WAYS]
        if unknown or not ways or not len(seeds):
            raise ValueError(
                f"Give at least one seed and ways among {', '.join(WAYS)}; "
                f"got ways={tuple(ways)!r}, seeds={tuple(seeds)!r}."
            )

    def _begin(self) -> None:
        judge, started = Judge(self.test, self._size), time.perf_counter()
        for seed in _bar(self.seeds, "before collecting"):
            model = self._train(seed, [])
            judge.see(model)
            weights = model.get_weights()
            self._weights |= {(way, seed): weights for way in self.ways}
        self._judges.append(dict.fromkeys(self.ways, judge))
        self._seconds.append(dict.fromkeys(self.ways, time.perf_counter() - started))

    def collect(self) -> Rounds:
        """Go one round: choose, label, train anew and judge, each way and each seed.

        Raises
        ------
        ValueError
            If the pool does not hold ``n`` pictures any more.
        """
        judges = {way: self._judges[0][way].anew() for way in self.ways}
        seconds = dict.fromkeys(self.ways, 0.0)
        for way, seed in _bar([*self._chosen], f"round {len(self._judges)}"):
            started = time.perf_counter()
            ids = self._choose(way, seed)
            model = self._train(seed, self._chosen[way, seed] + ids)
            self._chosen[way, seed] += ids
            self._weights[way, seed] = model.get_weights()
            judges[way].see(model)
            seconds[way] += time.perf_counter() - started
        self._judges.append(judges)
        self._seconds.append(seconds)
        return self

    def _choose(self, way: str, seed: int) -> list[str]:
        taken, model = self._chosen[way, seed], self.model(way, seed)
        pool = self.images.where(split="pool").table.index
        return collect(
            model,
            self.images.take(pool.difference(taken, sort=False)),
            self.n,
            way,
            slices=self.slices(way, seed) if way == "weak_slice" else None,
            known=self.recipe(way, seed).apply(self.images).where(split="train"),
            seed=seed * 1000 + len(self._judges),
        )

    def _train(self, seed: int, ids: list[str]) -> keras.Model:
        train = Recipe().add(ids).apply(self.images).where(split="train")
        model = self._bench.fresh(seed)
        train_steps(model, readable(train, self._size)[1], self._steps, seed=seed)
        return model

    def ids(self, way: str, seed: int | None = None) -> list[str]:
        """Return what a way has collected so far with a seed, the first if None."""
        key = (way, self.seeds[0] if seed is None else seed)
        if key not in self._chosen:
            raise ValueError(f"Ways are {', '.join(self.ways)} and seeds {self.seeds}; got {key}.")
        return list(self._chosen[key])

    def model(self, way: str, seed: int | None = None) -> keras.Model:
        """Return a way's model as it is now."""
        self.ids(way, seed)
        model = self._bench.build(0)
        model.set_weights(self._weights[way, self.seeds[0] if seed is None else seed])
        return model

    def recipe(self, way: str, seed: int | None = None) -> Recipe:
        """Return the recipe that adds `ids` to train."""
        return Recipe().add(self.ids(way, seed), reason=f"collected by {way}")

    def slices(self, way: str, seed: int | None = None) -> pd.DataFrame:
        """Return where a way's model is weak now: the slices of ``look``, worst first.

        Raises
        ------
        ValueError
            If no pictures to look at were given.
        """
        if self.look is None:
            raise ValueError("There are no pictures to look at: pass look= when you begin.")
        seen = Judge(self.look, self._size)
        seen.see(self.model(way, seed))
        return seen.score(0.0).slices

    def score(self, way: str, after: int | None = None) -> Score:
        """Return a way's score over the seeds, after a number of rounds or after the last."""
        self.ids(way)
        rounds = range(len(self._judges))
        number = rounds[-1] if after is None else after
        if number not in rounds:
            raise ValueError(f"after must be one of the rounds 0 to {rounds[-1]}, got {after!r}.")
        return self._judges[number][way].score(self._seconds[number][way])

    @property
    def table(self) -> pd.DataFrame:
        """Columns ``way``, ``round``, ``labels``, ``accuracy``, ``spread``, ``worst_slice``."""
        rows = []
        for number, judges in enumerate(self._judges):
            for way in judges:
                score = self.score(way, number)
                row = {"way": way, "round": number, "labels": number * self.n}
                numbers = {"accuracy": score.mean, "spread": score.spread}
                rows.append(row | numbers | {"worst_slice": score.worst_slice})
        return pd.DataFrame(rows)

    def gain(self, way: str, over: str = "random") -> Gain:
        """Compare two ways at equal labels, seed by seed and picture by picture.

        Returns
        -------
        Gain
            Difference of accuracy, -1 to 1, the mean over all rounds of collecting: what the
            way is worth on the way, too, not only where it ends. The interval resamples both
            seeds and pictures; with two or three seeds it says little about other seeds.

        Raises
        ------
        ValueError
            If nothing was collected yet, or a way is unknown.
        """
        if len(self._judges) < 2:
            raise ValueError("Nothing was collected yet: call `rounds.collect()` first.")
        self.ids(way), self.ids(over)
        a, b = (
            np.mean([np.stack(judges[each].right) for judges in self._judges[1:]], axis=0)
            for each in (way, over)
        )
        apart = a - b
        rng = np.random.default_rng(0)
        seeds = rng.integers(len(apart), size=(_DRAWS, len(apart)))
        pictures = rng.multinomial(
            apart.shape[1], np.full(apart.shape[1], 1 / apart.shape[1]), _DRAWS
        )
        drawn = (apart[seeds].mean(axis=1) * pictures).sum(axis=1) / apart.shape[1]
        low, high = np.quantile(drawn, [0.025, 0.975])
        return Gain(float(apart.mean()), float(low), float(high))

    def plot(self) -> StaticFigure:
        """Draw accuracy over the number of labels, a line each way; bars are spread over seeds."""
        from dcwidgets.figures import BLUE, GREEN, GREY, VERMILION, StaticFigure

        table = self.table
        last = table[table["round"] == len(self._judges) - 1]
        spoken = ", ".join(f"{r['way']} {r['accuracy']:.2f}" for _, r in last.iterrows())
        figure = StaticFigure(
            6.5, 3.4, alt=f"Accuracy after {last['labels'].max()} labels: {spoken}."
        )
        axes = figure.subplots()
        looks = zip(self.ways, "osD^", (GREY, BLUE, VERMILION, GREEN), strict=False)
        for way, marker, colour in looks:
            rows = table[table["way"] == way]
            name = way.replace("_", " ")
            axes.errorbar(
                rows["labels"],
                rows["accuracy"],
                rows["spread"],
                marker=marker,
                color=colour,
                capsize=3,
                label=name,
            )
        axes.set_xlabel("labels collected")
        axes.set_ylabel("accuracy on trusted images")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower right")
        return figure


def _bar(items: Sequence[Any], task: str) -> Any:
    from tqdm.auto import tqdm

    return tqdm(items, desc=task, unit="training")
