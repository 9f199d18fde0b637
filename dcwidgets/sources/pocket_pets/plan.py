"""Which pictures the set holds and which defects are planted in it.

Nothing is drawn here: a plan is a list of entries, the same for the same seed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random

from dcwidgets.sources.pocket_pets.bodies import POSES
from dcwidgets.sources.pocket_pets.coats import COATS, NEW_COAT
from dcwidgets.sources.pocket_pets.light import LIGHTS, NEW_LIGHT
from dcwidgets.sources.pocket_pets.picture import CAMERAS, Scene
from dcwidgets.sources.pocket_pets.scenes import SCENES

KINDS = ("cat", "dog")
SPLITS = {"train": 2400, "pool": 1600, "gold": 1000, "fresh": 600}
# In train these scenes give the label away; the others are shared.
HOME = {"cat": "sofa", "dog": "garden"}
SHORTCUT = 0.82
RARE = {"cat": "black", "dog": "ginger"}
RARE_SHARE = 0.02
# Asymmetric: a hasty annotator calls a dog a cat more often than the other way round.
FLIPS = {"dog": 0.11, "cat": 0.04}
DAMAGES = {"dark": 40, "light": 40, "blurry": 40, "blank": 30, "off_topic": 72, "unreadable": 30}
# Things that are no pet were filed under dog, empty frames under cat.
FILED = {"off_topic": "dog", "blank": "cat"}
# Bursts, as (number of pictures, copies of each). The wrongly labelled ones were labelled by a
# look at the scene; their copies teach the shortcut, and are learned by heart across a split.
WRONG_BURSTS = (24, 6)
RIGHT_BURSTS = (140, 3)
POOL_COPIES = 40
NEW_COAT_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the set.

    Attributes
    ----------
    split, filename : str
        Where the picture lies and what it is called.
    label : str
        The class that was written down, perhaps wrongly.
    what : Scene
        What is drawn.
    defects : tuple of str
        Names as in the answer key; empty where healthy.
    original : str or None
        File name of the picture that this one is a copy of.
    """

    split: str
    filename: str
    label: str
    what: Scene
    defects: tuple[str, ...] = ()
    original: str | None = None

    @property
    def true_label(self) -> str | None:
        """The class that the picture shows, if it shows one."""
        return None if "off_topic" in self.defects else self.what.kind


def plan(seed: int = 0, percent: int = 100) -> list[Entry]:
    """Return the entries of all splits.

    Parameters
    ----------
    seed : int, default 0
        Another seed gives another set of the same make.
    percent : int, default 100
        Size of the set, 1 to 100; below 100 every count shrinks alike.

    Returns
    -------
    list of Entry
        Split by split.
    """
    rng = Random(f"pocket_pets {seed} plan")
    train = _train(rng, seed, percent)
    pool = _pool(rng, seed, percent, train)
    gold = [_entry("gold", what) for what in _balanced(rng, percent, f"{seed} gold")]
    fresh = [_entry("fresh", what) for what in _fresh(rng, seed, _count(SPLITS["fresh"], percent))]
    return _named([*train, *pool, *gold, *fresh], rng)


def _count(number: int, percent: int) -> int:
    return max(1, number * percent // 100)


def _entry(split: str, what: Scene, label: str | None = None) -> Entry:
    return Entry(split, what.seed, label or what.kind, what)


def _scene(rng: Random, kind: str, seed: str, **chosen: str) -> Scene:
    drawn = {
        "coat": rng.choice(COATS),
        "scene": rng.choice(SCENES),
        "pose": rng.choice(POSES),
        "light": rng.choice(LIGHTS),
        "camera": rng.choice(tuple(CAMERAS)),
    }
    return Scene(kind=kind, seed=seed, **(drawn | chosen))


def _train(rng: Random, seed: int, percent: int) -> list[Entry]:
    total = _count(SPLITS["train"], percent)
    wrong_bursts, right_bursts = (_count(n, percent) for n, _ in (WRONG_BURSTS, RIGHT_BURSTS))
    unique = total - wrong_bursts * (1 + WRONG_BURSTS[1]) - right_bursts * RIGHT_BURSTS[1]
    entries = [_biased(rng, number, f"{seed} train {number}") for number in range(unique)]
    damaged = _damage(entries, rng, percent)
    sound = [number for number in range(unique) if number not in damaged]
    flipped = _flip(entries, sound, rng)
    healthy = [entries[number] for number in sound if number not in flipped]
    wrong = [_misled(rng, number, f"{seed} wrong {number}") for number in range(wrong_bursts)]
    copies = [copy for entry in wrong for copy in _copies(entry, WRONG_BURSTS[1], rng)]
    for entry in rng.sample(healthy, right_bursts):
        copies += _copies(entry, RIGHT_BURSTS[1], rng)
    return [*entries, *wrong, *copies]


def _biased(rng: Random, number: int, seed: str) -> Entry:
    kind = KINDS[number % 2]
    rare = rng.random() < RARE_SHARE
    coat = RARE[kind] if rare else rng.choice([coat for coat in COATS if coat != RARE[kind]])
    planted = rng.random() < SHORTCUT
    chosen = {"coat": coat} | ({"scene": HOME[kind]} if planted else {})
    defects = ("rare_coat",) * rare + ("scene_shortcut",) * planted
    return replace(_entry("train", _scene(rng, kind, seed, **chosen)), defects=defects)


def _misled(rng: Random, number: int, seed: str) -> Entry:
    """Label a pet by where it is seen, not by what it is."""
    kind, seen_as = KINDS if number % 3 == 0 else KINDS[::-1]
    what = _scene(rng, kind, seed, scene=HOME[seen_as])
    return replace(_entry("train", what, seen_as), defects=("label",))


def _damage(entries: list[Entry], rng: Random, percent: int) -> set[int]:
    damaged: set[int] = set()
    for name, count in DAMAGES.items():
        free = [
            number
            for number, entry in enumerate(entries)
            if number not in damaged and entry.label == FILED.get(name, entry.label)
        ]
        for number in rng.sample(free, _count(count, percent)):
            entries[number] = replace(entries[number], defects=(name,))
            damaged.add(number)
    return damaged


def _flip(entries: list[Entry], sound: list[int], rng: Random) -> set[int]:
    flipped: set[int] = set()
    for kind, share in FLIPS.items():
        own = [number for number in sound if entries[number].what.kind == kind]
        flipped.update(rng.sample(own, round(share * len(own))))
    for number in flipped:
        entry = entries[number]
        wrong = KINDS[1 - KINDS.index(entry.label)]
        entries[number] = replace(entry, label=wrong, defects=("label", *entry.defects))
    return flipped


def _copies(entry: Entry, count: int, rng: Random) -> Iterator[Entry]:
    kept = tuple(
        defect for defect in entry.defects if defect not in {"exact_duplicate", "near_duplicate"}
    )
    for number in range(count):
        kind = rng.choice(("exact_duplicate", "near_duplicate"))
        yield replace(
            entry,
            filename=f"{entry.filename} {kind} {number}",
            defects=(kind, *kept),
            original=entry.filename,
        )


def _pool(rng: Random, seed: int, percent: int, train: list[Entry]) -> list[Entry]:
    total, copied = _count(SPLITS["pool"], percent), _count(POOL_COPIES, percent)
    drawn = [
        _entry("pool", _scene(rng, KINDS[number % 2], f"{seed} pool {number}"))
        for number in range(total - copied)
    ]
    sources = rng.sample(
        [entry for entry in train if set(entry.defects) <= {"scene_shortcut"}], copied
    )
    copies = [
        replace(next(_copies(source, 1, rng)), split="pool", filename=f"{seed} pool copy {number}")
        for number, source in enumerate(sources)
    ]
    return drawn + [replace(copy, defects=copy.defects[:1]) for copy in copies]


def _balanced(rng: Random, percent: int, seed: str) -> list[Scene]:
    """Give every coat, scene, pose and light of either class the same number of pictures."""
    cells = list(product(KINDS, COATS, SCENES, POSES, LIGHTS))
    rng.shuffle(cells)
    cameras = [name for _, name in zip(cells, _turns(CAMERAS), strict=False)]
    chosen = list(zip(cells, cameras, strict=True))[: _count(len(cells), percent)]
    return [
        Scene(kind, coat, scene, pose, light, camera, f"{seed} {number}")
        for number, ((kind, coat, scene, pose, light), camera) in enumerate(chosen)
    ]


def _turns(values: Iterable[str]) -> Iterator[str]:
    while True:
        yield from values


def _fresh(rng: Random, seed: int, total: int) -> Iterator[Scene]:
    for number in range(total):
        coat = {"coat": NEW_COAT} if rng.random() < NEW_COAT_SHARE else {}
        yield _scene(rng, KINDS[number % 2], f"{seed} fresh {number}", light=NEW_LIGHT, **coat)


def _named(entries: list[Entry], rng: Random) -> list[Entry]:
    """Give neutral file names in random order, so that a name tells nothing."""
    names: dict[str, str] = {}
    for split in SPLITS:
        own = [entry.filename for entry in entries if entry.split == split]
        rng.shuffle(own)
        names |= {name: f"{split}_{number:04d}.jpg" for number, name in enumerate(own)}
    return [
        replace(entry, filename=names[entry.filename], original=names.get(entry.original or ""))
        for entry in entries
    ]
