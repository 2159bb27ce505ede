"""What an explorer needs of its chapter, told from the code alone."""

import slicing


def needs(*cells, name="it"):
    """What is kept of these cells for the explorer that the last one makes."""
    made = slicing.slices(dict(enumerate([*cells, f"explore(draw_{name}, x=STOPS)"])))
    return "\n".join(source for _, source in made[name][0]).splitlines()


DRAW = "STOPS = [1]\ndef draw_it(fig, x): return f(x)"


def test_what_nobody_reads_is_left_out():
    assert needs("a = 1\nb = 2\ndef f(x): return a", "print(b)", DRAW) == [
        "a = 1",
        "def f(x): return a",
        *DRAW.splitlines(),
    ]


def test_a_function_reads_what_its_name_means_when_it_is_called():
    kept = needs("def f(x): return later", "later = 1", DRAW)
    assert "later = 1" in kept


def test_a_value_that_was_replaced_is_left_out():
    kept = needs("a = slow()", "a = 1", "def f(x): return a", DRAW)
    assert "a = slow()" not in kept
    assert "a = 1" in kept


def test_a_value_that_was_used_before_it_was_replaced_is_kept():
    kept = needs("a = 1", "b = a", "a = 2", "def f(x): return b", DRAW)
    assert kept[:2] == ["a = 1", "b = a"]
    assert "a = 2" not in kept


def test_changes_in_place_are_kept():
    for change in ("a[0] = 1", "a += [1]", "a.append(1)", "fill(a)", "for k in a: a[k] = 0"):
        assert change in needs("a = []", "from m import fill", change, "def f(x): return a", DRAW)


def test_what_trains_a_network_is_kept():
    train = "history = nn.train(net, x, y)"
    cells = ("import nnlib as nn\nx = y = 1", "net = nn.Sequential()", train)
    assert train in needs(*cells, "def f(x): return net", DRAW)
    assert train not in needs(*cells, "def f(x): return y", DRAW)


def test_a_function_that_changes_something_acts_where_it_is_called():
    kept = needs("seen = {}\ndef keep(k): seen[k] = 1", "run(on_epoch=keep)", "x = 1",
                 "def f(x): return seen", DRAW)  # fmt: skip
    assert "run(on_epoch=keep)" in kept
    assert "x = 1" not in kept


def test_a_loop_does_not_need_what_it_binds_itself():
    loop = "for k in [1]:\n    net = k\n    runs[k] = net"
    kept = needs("net = slow()\nruns = {}", loop, "def f(x): return runs", DRAW)
    assert "net = slow()" not in kept
    assert "runs = {}" in kept
    assert "    runs[k] = net" in kept


def test_other_explorers_and_prints_are_left_out():
    kept = needs("a = [1]\ndef f(x): return a", "explore(draw_other, a=a)", "print(a)", DRAW)
    assert not any(line.startswith(("explore", "print")) for line in kept)


def test_the_call_is_found_inside_of_another_and_names_are_numbered():
    made = slicing.slices({1: "predict('1', explore(draw_a, x=[1]))\nexplore(draw_a, x=[2])"})
    assert {name: call for name, (_, call) in made.items()} == {
        "a": "explore(draw_a, x=[1])",
        "a2": "explore(draw_a, x=[2])",
    }


def test_a_decorator_comes_along():
    kept = needs("from functools import cache", "@cache\ndef f(x): return 1", DRAW)
    assert kept[:3] == ["from functools import cache", "@cache", "def f(x): return 1"]
