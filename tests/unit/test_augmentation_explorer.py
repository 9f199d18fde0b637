"""The Python half of the augmentation explorer: parity, requests, and what code sets."""

from __future__ import annotations

import copy
import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import dcwidgets as dcw
from dcwidgets.augmentation.catalog import PRESETS
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets import augmentation_explorer
from dcwidgets.widgets._messages import AskedWidget

AugmentationExplorer = augmentation_explorer.AugmentationExplorer
Pixels = npt.NDArray[np.float32]


class Pictures:
    """A store of smooth coloured pictures, wider than high."""

    def read(self, id_: str) -> bytes:
        coarse = np.random.default_rng(int(id_)).integers(0, 256, (4, 5, 3), np.uint8)
        file = io.BytesIO()
        Image.fromarray(coarse).resize((80, 64), Image.Resampling.BICUBIC).save(file, "PNG")
        return file.getvalue()


def image_set(n: int) -> ImageSet:
    table = pd.DataFrame(
        {
            "filename": [f"{k}.png" for k in range(n)],
            "label": (["cat", "dog", None] * n)[:n],
            "split": "train",
            "width": 80,
            "height": 64,
        },
        index=pd.Index([str(k) for k in range(n)], name="id"),
    )
    return ImageSet(table, ["cat", "dog"], Pictures(), name="toy")


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set(10)


@dataclass
class Talk:
    """Ask a widget as its page does, and keep what it says by itself."""

    widget: AskedWidget
    sent: list[tuple[dict[str, Any], list[bytes]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.widget.send = self._hear  # type: ignore[method-assign]

    def _hear(self, content: dict[str, Any], buffers: Sequence[bytes] | None = None) -> None:
        self.sent.append((content, list(buffers or [])))

    def ask(self, type_: str, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
        request = {"type": type_, "id": "v-1", **fields}
        self.widget._msg_callbacks(self.widget, request, [])
        return self.sent[-1]

    def draw(self, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
        widget: Any = self.widget
        asked = {
            "chips": copy.deepcopy(widget._chips),
            "fuse": widget._fuse,
            "seed": widget.seed,
            "n": 8,
        }
        return self.ask("draw", **{**asked, **fields})


def call(policy: keras.Layer, explorer: AugmentationExplorer) -> npt.NDArray[np.uint8]:
    """Call a policy as training does, on the explorer's pictures; tiles as uint8."""
    pictures, draws = 4, 4
    floats = np.repeat(explorer.originals.astype(np.float32) / 255, draws, axis=0)
    drawn = keras.ops.convert_to_numpy(policy(floats, training=True))
    tiles = (np.clip(drawn, 0, 1) * 255 + 0.5).astype(np.uint8)
    return tiles.reshape(pictures, draws, *tiles.shape[1:])


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("name", PRESETS)
def test_tiles_are_what_the_policy_draws(name: str, fuse: bool, images: ImageSet) -> None:  # noqa: FBT001
    explorer = AugmentationExplorer(images, name, seed=3, fuse=fuse)

    tiles = explorer.draw()

    assert tiles.shape == (4, 4, 128, 128, 3)
    assert np.array_equal(tiles, call(explorer.policy, explorer))


def test_a_slider_draws_as_a_policy_made_anew(images: ImageSet) -> None:
    """Layers are kept between draws; nothing of an earlier draw may show."""
    explorer = AugmentationExplorer(images, "medium")
    talk = Talk(explorer)
    for end in (0.1, 0.3, 0.1, 0.2):
        chips = copy.deepcopy(explorer._chips)
        chips[1]["config"]["factor"] = [-end, end]
        talk.draw(chips=chips)

    assert np.array_equal(explorer.draw(), call(explorer.policy, explorer))
    assert explorer.policy.layers[1].factor == (-0.2, 0.2)


def test_the_policy_holds_the_layers_it_was_given_in_class_and_config(images: ImageSet) -> None:
    given_ = [
        keras.layers.RandomFlip("vertical"),
        keras.layers.RandomRotation(0.2, fill_mode="constant", fill_value=0.5),
        keras.layers.RandomErasing(1.0, value_range=(0, 1)),
        keras.layers.RandAugment(value_range=(0, 1)),
    ]

    explorer = AugmentationExplorer(images, given_)

    def plain(layer: keras.Layer) -> tuple[type, dict[str, Any]]:
        config = layer.get_config()
        return type(layer), {k: v for k, v in config.items() if k not in ("name", "seed")}

    assert [plain(x) for x in explorer.policy.layers] == [plain(x) for x in given_]


def test_the_code_makes_the_same_policy(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images, "heavy", seed=9)
    found: dict[str, Any] = {}

    exec(explorer.code, found)  # noqa: S102 - it is our own

    assert np.array_equal(call(found["policy"], explorer), explorer.draw())


def test_a_seed_draws_the_same_again_and_another_seed_does_not(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images, seed=1)
    first = explorer.draw()
    explorer.seed = 2
    other = explorer.draw()
    explorer.seed = 1

    assert np.array_equal(explorer.draw(), first)
    assert not np.array_equal(other, first)


def test_each_draw_of_a_picture_differs(images: ImageSet) -> None:
    tiles = AugmentationExplorer(images).draw()

    assert len({tile.tobytes() for row in tiles for tile in row}) == 16


def test_moving_or_switching_off_a_layer_keeps_the_numbers_of_the_others(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images, "light")
    flip, turn, zoom, light = explorer._chips
    talk = Talk(explorer)
    talk.draw(chips=[light, {**flip, "on": False}, zoom, turn])

    seeds = {type(layer).__name__: layer.seed for layer in explorer.policy.layers}

    assert seeds == {"RandomBrightness": 4, "RandomZoom": 3, "RandomRotation": 2}


def test_a_layer_of_ones_own_is_shown_kept_and_reset(images: ImageSet) -> None:
    class Blink(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, pictures: Any) -> Any:
            self.count.assign_add(0.1)
            return pictures * 0 + self.count

    blink = Blink()
    explorer = AugmentationExplorer(images, [blink, keras.layers.RandomFlip()])
    talk = Talk(explorer)
    reply, _ = talk.draw()

    assert [chip["layer"] for chip in explorer._chips] == ["Blink", "RandomFlip"]
    assert np.array_equal(explorer.draw(), explorer.draw())
    assert explorer.policy.layers[0] is blink
    assert "import Blink  # not part of Keras" in reply["code"]


def test_the_page_gets_one_jpeg_of_all_draws(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images)

    reply, [sheet] = Talk(explorer).draw()

    assert {key: reply[key] for key in ("id", "n", "seed", "turn")} == {
        "id": "v-1",
        "n": 8,
        "seed": 0,
        "turn": 0,
    }
    assert reply["code"] == explorer.code
    picture = Image.open(io.BytesIO(sheet))
    assert (picture.format, picture.size) == ("JPEG", (512, 512))
    shown = np.asarray(picture).reshape(4, 128, 4, 128, 3).swapaxes(1, 2).astype(int)
    assert np.abs(shown - explorer.draw()).mean() < 3


def test_other_pictures_come_in_turns_and_come_round(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images)
    talk = Talk(explorer)

    turns = [explorer.ids]
    for turn in (1, 2):
        reply, [sheet] = talk.ask("pictures", turn=turn)
        turns.append(explorer.ids)
        assert reply["turn"] == turn
        assert Image.open(io.BytesIO(sheet)).size == (128, 512)

    assert sorted(turns[0] + turns[1] + turns[2][:2]) == sorted(images.table.index)
    assert turns[2][2:] == turns[0][:2]
    assert reply["labels"] == [
        label if isinstance(label, str) else "" for label in images.table.loc[turns[2], "label"]
    ]
    explorer.other_pictures()
    assert talk.sent[-1][0] == {"event": "turn", "turn": 3}


def test_a_policy_set_by_code_reaches_the_page(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images)
    talk = Talk(explorer)

    explorer.policy = dcw.policy("medium", fuse=True)

    event, _ = talk.sent[-1]
    assert (event["event"], event["fuse"]) == ("policy", True)
    assert [chip["layer"] for chip in event["chips"]] == [name for name, _ in PRESETS["medium"]]
    assert type(explorer.policy.layers[0]).__name__ == "OneWarp"


def test_what_the_page_commits_becomes_the_policy(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images)

    explorer.set_state({"_chips": AugmentationExplorer(images, "none")._chips, "_fuse": True})

    assert [type(layer).__name__ for layer in explorer.policy.layers] == ["Rescaling"]


BAD_CHIPS = [
    pytest.param(7, "'chips' is 7. Expected a list of at most 32 values.", id="no list"),
    pytest.param(
        [7], "Step 1 must have a key from 1 to 999, and on as true or false.", id="no step"
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "os.system", "config": {}}],
        "Step 1 names the layer 'os.system'. Known are: ",
        id="unknown layer",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "Blink", "config": {}, "own": True}],
        "Step 1 names the layer 'Blink'. Known are: ",
        id="somebody's own layer",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomRotation", "config": {"factor": [0, None]}}],
        "Step 1, RandomRotation: factor must lie between -0.5 and 0.5, got None.",
        id="empty field",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomHue", "config": {}, "probability": 1.5}],
        "Step 1, RandomHue: probability must lie between 0 and 1, got 1.5.",
        id="more often than always",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomHue", "config": {}, "probability": None}],
        "Step 1, RandomHue: probability must lie between 0 and 1, got None.",
        id="empty probability",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomHue", "config": {}}] * 2,
        "Two steps have the same key. Give each step a key of its own.",
        id="one key twice",
    ),
    pytest.param(
        [
            {
                "key": 1,
                "on": True,
                "layer": "RandomHue",
                "config": {"factor": [0, 0.1], "value_range": [0, 255]},
            }
        ],
        "Step 1, RandomHue: value_range is (0, 255), but pictures here go from 0 to 1.",
        id="values to 255",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomCrop", "config": {"height": 40, "width": 50}}],
        "Step 1, RandomCrop: turns pictures of 128 x 128 pixels into pictures of 40 x 50 pixels.",
        id="another size",
    ),
    pytest.param(
        [{"key": 1, "on": True, "layer": "RandomFlip", "config": {"dtype": "float16"}}],
        "Step 1, RandomFlip: 'dtype' is not an argument to set here.",
        id="not to be set here",
    ),
]


@pytest.mark.parametrize(("chips", "message"), BAD_CHIPS)
def test_an_invalid_request_is_answered_and_nothing_is_lost(
    chips: object, message: str, images: ImageSet
) -> None:
    explorer = AugmentationExplorer(images, "medium")
    before, tiles = explorer.code, explorer.draw()
    talk = Talk(explorer)

    reply, buffers = talk.draw(chips=chips)

    assert reply["error"].startswith(message)
    assert buffers == []
    assert explorer.code == before
    assert np.array_equal(explorer.draw(), tiles)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seed": None}, "'seed' is None. Expected a whole number from 0 to 999999."),
        ({"seed": 1e9}, "'seed' is 1000000000.0. Expected a whole number from 0 to 999999."),
        ({"fuse": 1}, "'fuse' is 1. Expected true or false."),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], message: str, images: ImageSet) -> None:
    reply, _ = Talk(AugmentationExplorer(images)).draw(**fields)

    assert reply == {"id": "v-1", "error": message}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values, json_values)
@settings(max_examples=60, deadline=None)
def test_any_json_at_all_is_answered(chips: object, config: object) -> None:
    explorer = AugmentationExplorer(image_set(2), pictures=1, draws=1, size=32)
    talk = Talk(explorer)

    for given_ in (chips, [{"key": 1, "on": True, "layer": "RandomShear", "config": config}]):
        reply, _ = talk.draw(chips=given_)
        assert reply["id"] == "v-1"
        assert ("error" in reply) != ("code" in reply)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policy": "strong"}, "policy must be one of 'none', 'light', "),
        ({"pictures": 0}, "pictures and draws must lie between 1 and 12, and size between 32 and "),
        ({"size": 300}, "pictures and draws must lie between 1 and 12, and size between 32 and "),
        (
            {"draws": 12, "size": 256},
            "4 rows and 12 + 1 columns of 256 px do not fit into 2048 px.",
        ),
        ({"seed": -1}, "seed must be a whole number from 0 to 999999, got -1."),
    ],
)
def test_what_cannot_be_shown_is_refused(
    arguments: dict[str, Any], message: str, images: ImageSet
) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        AugmentationExplorer(images, **arguments)

    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    "state", [{"_chips": [[]]}, {"_chips": ["x"], "seed": -1}, {"_fuse": True, "_turn": -1}]
)
def test_a_state_that_is_refused_is_taken_back_whole(
    state: dict[str, Any], images: ImageSet
) -> None:
    explorer = AugmentationExplorer(images, "light")
    before, code = explorer.get_state(), explorer.code

    with pytest.raises(ValueError, match=r"must (be a whole number|have a key) from "):
        explorer.set_state(state)

    assert explorer.get_state() == before
    assert explorer.code == code


def test_a_policy_that_cannot_draw_at_this_size_is_refused_by_its_step(images: ImageSet) -> None:
    crop = [keras.layers.RandomFlip(), keras.layers.RandomCrop(64, 64)]
    message = r"^Step 2, RandomCrop: turns pictures of 128 x 128 pixels into pictures of 64 x 64 "
    with pytest.raises(ValueError, match=message):
        AugmentationExplorer(images, crop)
    explorer = AugmentationExplorer(images, "light")
    before = explorer.code

    with pytest.raises(ValueError, match=message):
        explorer.policy = crop
    with pytest.raises(ValueError, match=r"^Step 1, GreyLayer: cannot draw pictures of 128 x 128 "):
        explorer.policy = [GreyLayer()]

    assert explorer.code == before


class GreyLayer(keras.layers.Layer):
    def call(self, pictures: Any) -> Any:
        raise RuntimeError("one channel only")


def test_a_set_without_pictures_and_what_is_no_set_are_refused(images: ImageSet) -> None:
    with pytest.raises(ValueError, match=r"^images is an empty set\."):
        AugmentationExplorer(images.take([]))
    with pytest.raises(TypeError, match=r"^images must be an image set, got list\."):
        AugmentationExplorer([1, 2])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^model must be a trained Keras model, got str\."):
        AugmentationExplorer(images, "light", "my model")


def test_fewer_pictures_than_rows_come_round(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images.take(["4", "7"]))

    assert sorted(explorer.ids) == ["4", "4", "7", "7"]


def test_a_saved_notebook_keeps_a_picture(images: ImageSet) -> None:
    explorer = AugmentationExplorer(images)

    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle

    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"].startswith(
        '<figure><img alt="Pictures before and after augmentation: '
        'Flip, Rotation, Zoom, Brightness" src="data:image/webp;base64,'
    )
    assert len(data["text/html"]) < 200_000


def test_the_bundle_stays_small() -> None:
    """It is part of every instance's state."""
    assert len(str(AugmentationExplorer._esm)) < 100_000


def test_making_an_explorer_needs_no_keras() -> None:
    """The page is there at once; Keras loads with the first draw."""
    code = (
        "import sys, pandas as pd, dcwidgets as dcw\n"
        "from dcwidgets.imageset import ImageSet\n"
        "from PIL import Image; import io\n"
        "class S:\n"
        "    def read(self, id_):\n"
        "        f = io.BytesIO(); Image.new('RGB', (40, 40)).save(f, 'PNG'); return f.getvalue()\n"
        "t = pd.DataFrame(dict(filename='a', label='cat', split='train', width=1, height=1),"
        " index=['0'])\n"
        "w = dcw.AugmentationExplorer(ImageSet(t, ['cat'], S(), name='n'))\n"
        "w._repr_mimebundle_(); sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
