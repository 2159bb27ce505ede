"""Checkpoints: all that a training run has changed, in one file, so that it can go on tomorrow.

A run that is saved after an epoch, loaded into fresh objects and resumed equals the run
uninterrupted, bit for bit. That takes θ and the running averages, the optimizer's moments and its
count of steps, where every random generator stands (those of Dropout layers too), and what
reduce_on_plateau and EarlyStopping remember of the losses. All of it is in the file:
an .npz of plain arrays, with one line of JSON. Nothing in it is executed.
"""

import copy
import os

import numpy as np

from .network import Sequential
from .optimizers import Optimizer
from .schedules import reduce_on_plateau
from .stopping import EarlyStopping

FORMAT, VERSION = "nnlib checkpoint", 2

# What a schedule remembers beside the step; those not named here remember nothing.
REMEMBERED = {reduce_on_plateau: ("rate", "best", "waited")}


def save(path, net, optimizer=None, rng=None, stop=None, **numbers):
    """Write the file `path`. Whatever happens meanwhile, it holds the old state or the new one.

    rng      the Generator that `train` was given; a seed would begin anew
    stop     an EarlyStopping; a listener of `train` is called when it has seen the epoch
    numbers  what else should be kept, such as epoch=5, for `load` to return
    """
    import json  # slow to import, as is pathlib, and not needed before
    from pathlib import Path

    parts = _parts(net, optimizer, rng, stop)
    arrays = {
        f"{part}.{name}": value
        for part, thing in parts.items()
        for name, value in _state(thing).items()
    }
    header = {
        "format": FORMAT,
        "version": VERSION,
        "parts": {part: _kind(thing) for part, thing in parts.items()},
        "generators": {
            name: generator.bit_generator.state for name, generator in _generators(net, rng).items()
        },
        "numbers": {name: _number(name, value) for name, value in numbers.items()},
    }
    line = json.dumps(header, default=np.ndarray.tolist)
    _write(Path(path), {"header": np.array(line), **arrays})


def load(path, net, optimizer=None, rng=None, stop=None):
    """Put back what `save` kept, into objects made like those; returns the numbers as a dict.

    What is not asked for stays in the file: `load(path, net)` is enough to use the network.
    A damaged, foreign or other run's file is a ValueError, and then nothing has changed.
    `stop` goes on counting epochs from the first run's first.
    """
    parts, generators = _parts(net, optimizer, rng, stop), _generators(net, rng)
    header, arrays = _read(path)
    try:
        changes = [
            (thing, _restored(path, part, thing, net, header["parts"].get(part), arrays))
            for part, thing in parts.items()
        ]
        for name, generator in generators.items():
            _check_generator(path, name, generator, header["generators"].get(name))
        numbers = dict(header["numbers"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged: {error!r} in its header or names") from error
    for thing, values in changes:  # from here on nothing can fail
        if thing is net:
            net.load_state(values)
        else:
            vars(thing).update(values)
    for name, generator in generators.items():
        generator.bit_generator.state = header["generators"][name]
    return numbers


def _parts(net, optimizer, rng, stop):
    """What a run consists of, by name, each checked to be of its kind."""
    kinds = {"net": Sequential, "optimizer": Optimizer, "stop": EarlyStopping}
    parts = {"net": net} | {
        name: thing
        for name, thing in {"optimizer": optimizer, "stop": stop}.items()
        if thing is not None
    }
    for name, thing in parts.items():
        if not isinstance(thing, kinds[name]):
            raise TypeError(f"{name} must be of the kind {kinds[name].__name__}, got {thing!r}")
    if not isinstance(rng, (type(None), np.random.Generator)):
        raise TypeError(f"rng must be the Generator that train is given, got {rng!r}")
    if optimizer is not None and type(optimizer.lr) in REMEMBERED:
        parts["schedule"] = optimizer.lr
    return parts


def _generators(net, rng):
    """Every random generator of a run, by name: those of its layers, and that of the batches."""
    found = {
        f"{number}.{name}": value
        for number, layer in enumerate(net.layers)
        for name, value in vars(layer).items()
        if isinstance(value, np.random.Generator)
    }
    return found if rng is None else found | {"rng": rng}


def _kind(thing):
    """What must be alike for one's state to be the other's: the network's layers, a class."""
    if isinstance(thing, Sequential):
        return f"{thing!r} in {thing.dtype}"
    return type(thing).__name__


def _state(thing):
    """All that training changes in one part of a run, as arrays by name."""
    if isinstance(thing, Sequential):
        return thing.state()
    if isinstance(thing, Optimizer):
        moments = thing.state if thing.t else ()  # before the first step there are none
        return {"t": np.array(thing.t)} | {name: getattr(thing, name) for name in moments}
    if isinstance(thing, EarlyStopping):
        if thing.state is None:  # before the first epoch
            return {}
        best = {f"state.{name}": value for name, value in thing.state.items()}
        judged = {"best": thing.best, "best_epoch": thing.best_epoch}
        return best | judged | {"epoch": np.array(thing.epoch)}
    return {name: np.asarray(getattr(thing, name)) for name in REMEMBERED[type(thing)]}


def _restored(path, part, thing, net, kind, arrays):
    """A part's attributes as they were saved, checked to be like those it has."""
    if kind is None:
        raise ValueError(f"{path} was saved without {part}")
    if kind != _kind(thing):
        raise ValueError(f"{path} holds as its {part} {kind}, which is not {_kind(thing)}")
    found = {
        name.removeprefix(f"{part}."): value
        for name, value in arrays.items()
        if name.startswith(f"{part}.")
    }
    if isinstance(thing, Sequential):
        return _alike(path, part, found, thing.state())
    if isinstance(thing, Optimizer):
        trial, t = copy.copy(thing), int(found["t"])
        if t:  # as if it had begun with this network, and then taken t steps
            trial.begin(net.theta, trial.rate(t + 1))
        trial.t = t
        return vars(trial) | _alike(path, part, found, _state(trial)) | {"t": t}
    if isinstance(thing, EarlyStopping):
        if not found:
            return {"epoch": 0, "best": None, "best_epoch": None, "state": None}
        judged = {name: found.pop(name) for name in ("best", "best_epoch")}
        judged["epoch"] = int(found.pop("epoch"))
        state = {name.removeprefix("state."): value for name, value in found.items()}
        return judged | {"state": _alike(path, part, state, net.state())}
    return {name: found[name] for name in REMEMBERED[type(thing)]}


def _alike(path, part, found, mine):
    """`found`, if it has the names, shapes and types of `mine`."""
    kinds = [{name: (v.shape, v.dtype) for name, v in each.items()} for each in (found, mine)]
    if kinds[0] != kinds[1]:
        raise ValueError(f"{path} is damaged: its {part} holds {kinds[0]}, expected {kinds[1]}")
    return found


def _check_generator(path, name, generator, state):
    """That this state could be given to the generator; a throw-away one of its kind tries it."""
    kind = type(generator.bit_generator)
    if state is None:
        raise ValueError(f"{path} was saved without the generator {name}")
    if state["bit_generator"] != kind.__name__:
        raise ValueError(
            f"{path} holds a {state['bit_generator']} as generator {name}, expected {kind.__name__}"
        )
    try:
        kind().state = state
    except Exception as error:
        raise ValueError(f"{path} is damaged: no state of generator {name}: {error!r}") from error


def _number(name, value):
    """A plain int or float, which JSON keeps to the bit."""
    if not np.isscalar(value) or isinstance(value, (str, bytes, complex)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    return value.item() if isinstance(value, np.generic) else value


def _write(path, arrays):
    """All or nothing: a new file beside `path` takes its place once it is safely on the disk."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _read(path):
    """The header and the arrays of a checkpoint that is whole, or a ValueError."""
    import json

    with open(path, "rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise ValueError(f"{path} is foreign: not a checkpoint of nnlib")
        try:
            arrays = _unpacked(file)
            header = dict(json.loads(arrays.pop("header").item())) if arrays else {}
        except Exception as error:  # whatever a reader stumbles over, the file is at fault
            raise ValueError(f"{path} is damaged: {error}") from error
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} is foreign: an archive, but not a checkpoint of nnlib")
    if header.get("version") != VERSION:
        version = header.get("version")
        raise ValueError(f"{path} is in version {version} of the format, expected {VERSION}")
    return header, arrays


def _unpacked(file):
    """The arrays of an .npz file by name; none if it has no header."""
    import zipfile  # slow to import, and not needed before

    if not zipfile.is_zipfile(file):
        raise ValueError("it is truncated, for its end is missing")
    with zipfile.ZipFile(file) as packed:
        if "header.npy" not in packed.namelist():
            return {}
        if any(each.compress_type for each in packed.infolist()):
            raise ValueError("it is compressed, which save does not do")
        if broken := packed.testzip():
            raise ValueError(f"{broken} does not have its checksum")
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
