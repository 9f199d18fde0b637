"""Chips: the steps of a policy as a page shows, moves and switches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dcwidgets.augmentation.catalog import Config, preset_steps
from dcwidgets.augmentation.policies import chain, flat, fused, is_fused, unfuse
from dcwidgets.augmentation.steps import (
    Step,
    as_rows,
    build,
    chance,
    check_probability,
    check_step,
    inner,
    is_known,
    read,
    with_chance,
    with_seed,
)

if TYPE_CHECKING:
    import keras

_LARGEST_KEY = 999
_SEEDLESS = frozenset({"AutoContrast", "Equalization"})  # they draw nothing, so they take no seed


class Chip(Step):
    """A step as a page shows it.

    ``key`` stays with the step when it moves, so that it keeps its random numbers;
    ``on`` says whether it acts. ``own`` marks a user's class, which stays in Python.
    """

    key: int
    on: bool
    own: bool


@dataclass
class Chips:
    """A policy taken apart: chips in order, whether it fuses, and a user's layers by key."""

    chips: list[Chip]
    fuse: bool = False
    own: dict[int, keras.Layer] = field(default_factory=dict)

    @classmethod
    def of_preset(cls, name: str) -> Chips:
        """Take a preset apart, without importing Keras."""
        parts = enumerate(preset_steps(name), start=1)
        return cls([_chip(key, layer, config) for key, (layer, config) in parts])

    @classmethod
    def of_policy(cls, policy: object) -> Chips:
        """Take a policy, a layer or a list of layers apart; their seeds are not kept."""
        layers = as_rows(flat(policy), "policy")
        found = cls([], fuse=any(map(is_fused, layers)))
        for key, layer in enumerate(unfuse(layers), start=1):
            if is_known(layer):
                step = read(layer)
                chip = _chip(key, step["layer"], step["config"])
            else:
                found.own[key] = inner(layer)
                chip = _chip(key, type(inner(layer)).__name__, {}, own=True)
            found.chips.append(_acting(chip, chance(layer).get("probability", 1.0)))
        return found

    def own_by_name(self) -> dict[str, keras.Layer]:
        """Map the names that stand for a user's layers in `seeded` steps to the layers."""
        return {own_name(key): layer for key, layer in self.own.items()}

    def check(self, given: object) -> list[Chip]:
        """Check chips that came from a page.

        Raises
        ------
        ValueError
            If anything in them is not allowed; names the step and the argument.
        """
        chips = [
            self._check(chip, f"Step {n}")
            for n, chip in enumerate(as_rows(given, "steps"), start=1)
        ]
        if len({chip["key"] for chip in chips}) < len(chips):
            raise ValueError("Two steps have the same key. Give each step a key of its own.")
        return chips

    def _check(self, given: object, where: str) -> Chip:
        fields = given if isinstance(given, dict) else {}
        key, on = fields.get("key"), fields.get("on")
        # bool is an int in Python: true must not become key 1.
        if type(key) is not int or not 1 <= key <= _LARGEST_KEY or type(on) is not bool:
            raise ValueError(
                f"{where} must have a key from 1 to {_LARGEST_KEY}, and on as true or false."
            )
        if fields.get("own") is True and key in self.own:
            chip = _chip(key, type(self.own[key]).__name__, {}, on=on, own=True)
        else:
            step = check_step({name: fields.get(name) for name in ("layer", "config")}, where)
            self._check_values(step, where)
            chip = _chip(key, step["layer"], step["config"], on=on)
        return _acting(chip, check_probability(fields, f"{where}, {chip['layer']}"))

    def _check_values(self, step: Step, where: str) -> None:
        """Refuse a step that takes pictures to go to 255, unless it came from Python so."""
        given = step["config"].get("value_range", (0, 1))
        if given != (0, 1) and given not in [
            chip["config"].get("value_range") for chip in self.chips
        ]:
            raise ValueError(
                f"{where}, {step['layer']}: value_range is {given!r}, but pictures here go from "
                "0 to 1. Write (0, 1)."
            )


def _chip(key: int, layer: str, config: Config, *, on: bool = True, own: bool = False) -> Chip:
    return {"key": key, "layer": layer, "config": dict(config), "on": on, "own": own}


def _acting(chip: Chip, probability: float) -> Chip:
    if probability < 1.0:
        chip["probability"] = probability
    return chip


def seeded(chip: Chip, seed: int) -> Step:
    """Return the step of a chip with the seeds that it draws with."""
    name = own_name(chip["key"]) if chip["own"] else chip["layer"]
    step: Step = {"layer": name, "config": chip["config"]}
    if "probability" in chip:
        step["probability"] = chip["probability"]
    step = with_seed(step, seed * 1000 + chip["key"])
    if name in _SEEDLESS:
        del step["seed"]
    return step


def own_name(key: int) -> str:
    """Return what a user's layer is called in steps; no class can be called so."""
    return f"own {key}"


def to_policy(chips: Chips, seed: int) -> keras.Layer:
    """Make the policy of the chips that are on, anew, seeded as a `Drawer` draws it."""
    layers = [to_layer(chips, chip, seed) for chip in chips.chips if chip["on"]]
    return chain(fused(layers) if chips.fuse else layers)


def to_layer(chips: Chips, chip: Chip, seed: int) -> keras.Layer:
    """Make the layer of a chip anew; a user's own stays the one that it is."""
    step = seeded(chip, seed)
    return with_chance(chips.own[chip["key"]], step) if chip["own"] else build(step)
