"""Which statements of a chapter does one of its explorers need?

A reader who computes one explorer should not wait until all others have been trained. The names
that its call reads are looked up backward: a statement is kept if it binds one of them or may
change what it stands for, and then the names that the statement itself reads are needed, too.
Python cannot know in general what a call changes; where this looks wrong, it errs toward keeping.
That each slice says what the whole chapter says is tested.
"""

import ast
import builtins
import symtable
from dataclasses import dataclass, field

# Methods that change nothing.
READS = {"all", "any", "argmax", "argmin", "astype", "copy", "format", "get", "index", "items"}
READS |= {"join", "keys", "max", "mean", "min", "ravel", "reshape", "round", "std", "sum", "values"}
# Functions that show what they are given.
SHOWS = {"explore", "show", "predict", "quiz", "clinic", "check", "judge", "display"}
# These change nothing either.
SAFE = SHOWS | set(dir(builtins))


@dataclass
class Statement:
    """One top-level statement of a chapter, and what it does to names.

    binds     the names it gives a value
    changes   the names whose values it may change in place
    reads     the names it needs, those inside its functions included
    later     {name: names that its functions read when they are called}
    is_plain  whether what it binds is bound anew, whatever it was before
    """

    cell: int
    node: ast.AST
    source: str
    binds: set = field(default_factory=set)
    changes: set = field(default_factory=set)
    reads: set = field(default_factory=set)
    later: dict = field(default_factory=dict)
    is_plain: bool = False


def statements(cells):
    """All top-level statements of the cells, given as {number: source}, in order."""
    found, imported, objects, acts = [], set(), set(), {}
    for number, source in cells.items():
        for node in ast.parse(source).body:
            one = Statement(number, node, ast.get_source_segment(source, node))
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
                first = node.decorator_list[0].lineno - 1
                one.source = "\n".join(source.splitlines()[first : node.end_lineno])
            look_at(one)
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported |= one.binds
            if any(makes_object(each) for each in at_once(node)):
                objects |= one.binds
            one.changes = changed(at_once(node), node, objects) - imported
            if isinstance(node, ast.FunctionDef):
                inside = changed(ast.walk(node), None, set()) - imported
                acts[node.name] = (inside & one.reads).union(*(acts.get(n, ()) for n in one.reads))
            elif not shows(node):
                one.changes = one.changes.union(*(acts.get(name, ()) for name in one.reads))
            found.append(one)
    return found


def look_at(one):
    """Note which names the statement binds and reads."""
    table = symtable.symtable(one.source, "chapter", "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            one.binds.add(symbol.get_name())
        if symbol.is_referenced():
            one.reads.add(symbol.get_name())
    inside = {name for child in table.get_children() for name in free_names(child)}
    reads, bound = read_first([one.node])
    one.reads = (one.reads | inside) - (bound - reads)
    one.later = dict.fromkeys(one.binds, one.reads) if inside else {}
    plain = (ast.Assign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    one.is_plain = isinstance(one.node, plain)


def read_first(body, bound=frozenset()):
    """(the names that these statements read before they bind them, the names they bind)."""
    reads, bound = set(), set(bound)
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
            continue
        inner = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
        inside = {id(each) for part in inner for each in part}
        own = [each for each in ast.iter_child_nodes(node) if id(each) not in inside]
        names = [each for part in own for each in ast.walk(part) if isinstance(each, ast.Name)]
        reads |= {each.id for each in names if isinstance(each.ctx, ast.Load)} - bound
        if isinstance(node, ast.AugAssign):
            reads |= {root(node.target)} - bound
        bound |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
        for part in inner:
            more, bound = read_first(part, bound)
            reads |= more
    return reads, bound


def free_names(table):
    """The global names that a function reads, and the functions inside it."""
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return own.union(*(free_names(child) for child in table.get_children()))


def makes_object(node):
    """Is this a call such as nn.Sequential(...) or default_rng(...): a thing that calls change?"""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    keeps_nothing = name.endswith(("CrossEntropy", "Error"))  # a loss is the same ever after
    return name == "default_rng" or (name[:1].isupper() and not keeps_nothing)


def shows(node):
    """Is this an expression that stands there for what it shows, such as explore(...)?"""
    return isinstance(node, ast.Expr) and root(node.value) in SHOWS


def changed(nodes, whole, objects):
    """The names whose values may change in place when these nodes of a statement run."""
    found = set()
    alone = whole.value if isinstance(whole, ast.Expr) else None
    for each in nodes:
        if isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            found.add(root(each))
        elif isinstance(each, ast.AugAssign):
            found.add(root(each.target))
        elif isinstance(each, ast.Call):
            if isinstance(each.func, ast.Attribute) and each.func.attr not in READS:
                found.add(root(each.func.value))
            given = [*each.args, *(keyword.value for keyword in each.keywords)]
            names = {arg.id for arg in given if isinstance(arg, ast.Name)}
            if root(each.func) not in SAFE:
                found |= names & objects
                if each is alone and given:
                    found.add(root(given[0]))
    return found - SAFE - {None}


def at_once(node):
    """The nodes that run with the statement: not those in the functions that it defines."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from at_once(child)


def root(node):
    """The name at the left end of a.b[c].d, or None if there is no name."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def needed(found, end, reads):
    """The indices of the statements before `end` that `reads` depends on, in order."""
    later = {}
    for one in found[:end]:
        for name, names in one.later.items():
            later[name] = later.get(name, set()) | names
    wanted, kept = set(), []
    want(reads, wanted, later)
    for index in reversed(range(end)):
        one = found[index]
        if one.binds & wanted or one.changes & wanted:
            kept.append(index)
            if one.is_plain and not one.binds & one.changes:
                wanted -= one.binds
            want(one.reads, wanted, later)
    return kept[::-1]


def want(names, wanted, later):
    """Add names, and those that functions of that name read when they are called."""
    todo = set(names) - wanted
    while todo:
        name = todo.pop()
        wanted.add(name)
        todo |= later.get(name, set()) - wanted


def explorers(found):
    """{name: (index of its statement, the call of `explore`)}, named as the page names them."""
    calls, names = {}, []
    for index, one in enumerate(found):
        for each in at_once(one.node):
            is_call = isinstance(each, ast.Call) and getattr(each.func, "id", "") == "explore"
            if is_call and isinstance(each.args[0], ast.Name):
                names.append(each.args[0].id.removeprefix("draw_"))
                nth = names.count(names[-1])  # the second of one name is called name2
                calls[names[-1] + (str(nth) if nth > 1 else "")] = index, each
    return calls


def slices(cells):
    """{explorer: ([(cell, source of what it needs there), ...], source of its call)}."""
    found = statements(cells)
    made = {}
    for name, (end, call) in explorers(found).items():
        reads = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
        by_cell = {}
        for index in needed(found, end, reads):
            by_cell.setdefault(found[index].cell, []).append(found[index].source)
        needs = [(cell, "\n".join(sources)) for cell, sources in by_cell.items()]
        made[name] = needs, ast.get_source_segment(cells[found[end].cell], call)
    return made
