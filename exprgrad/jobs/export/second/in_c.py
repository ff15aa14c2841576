"""The second look in C: the function that computes the derivatives in long double, and what decides on its call."""

from __future__ import annotations

from exprgrad.jobs.export.target import APART, Written


def filled(items: list[str], indent: str = "    ", width: int = 100) -> str:
    """Items on as few lines as they need."""
    lines = [indent[1:]]
    for item in items:
        if len(lines[-1]) + len(item) > width:
            lines.append(indent[1:])
        lines[-1] += f" {item},"
    return "\n".join(lines)


def _array(name: str, items: list[str]) -> list[str]:
    """The definition of an array in a function: on one line, or on as many as it needs."""
    line = f"    const {name}[] = {{{', '.join(items)}}};"
    return [line] if len(line) <= 100 else [f"    const {name}[] = {{", filled(items, " " * 8), "    };"]


def _head(written: Written, arrays: list[str]) -> str:
    assert written.again is not None
    parameters = [*(f"long double {name}" for name in written.inputs.values()), *arrays]
    return f"static void {written.again.name}({', '.join(parameters)})"


def declared(written: Written, arrays: list[str]) -> list[str]:
    """What the function calls that stands behind it."""
    if written.again is None:
        return []
    tests = [f"static int {written.again.symbols[name]}(double x);" for name in ("at_end", "at_end_not_0")]
    return ["\n".join([*tests, f"{_head(written, arrays)};\n"])]


def again(written: Written, arrays: list[str]) -> list[str]:
    """The function that computes the derivatives in long double, with its helpers."""
    found, joint = written.again, written.request.joint
    if found is None:
        return []
    body = [f"    (void){written.inputs[name]};" for name in found.emission.unused]
    for line in found.emission.lines:
        kind = "int" if line.value.truth else "long double"
        body.append(f"    const {kind} {line.name} = {line.value.text};")
    values, products = written.looked_at(found.emission)
    names = found.symbols
    body += _array(f"long double {names['watched']}", [*values, *products])
    counts = f"{len(values)}, {len(values + products)}"
    body.append(f"    const int {names['held_all']} = {names['held']}({names['watched']}, {counts});")
    nodes = {"gradient": joint.gradient.values(), "hessian": joint.hessian.values()}
    for array, ends in nodes.items():
        for k, node in enumerate(ends):
            text = found.emission.outputs[node].text
            body.append(f"    {array}[{k}] = {names['mended']}({array}[{k}], {text}, {names['held_all']});")
    said = "/* The derivatives again, for numbers that leave the range of double on the way. */"
    function = "\n".join([said, f"{_head(written, arrays)} {{", *body, "}"]) + "\n"
    return [f"/* {APART} */\n", *(f"{helper.text}\n" for helper in found.helpers), function]


def look(written: Written) -> list[str]:
    """The lines that tell whether the derivatives are to be computed again."""
    found, joint = written.again, written.request.joint
    assert found is not None
    values, products = written.looked_at(written.emission)
    names, zero = found.symbols, [*products, *written.sources()]
    tests = [f"{names['at_end']}({x})" for x in values] + [f"{names['at_end_not_0']}({x})" for x in zero]
    finite = " && ".join(f"isfinite({name})" for name in written.inputs.values())
    passed = [*written.inputs.values(), "gradient", *(["hessian"] if joint.hessian else [])]
    left, lines = names["left"], [f"    int {names['left']} = {tests[0]}"]
    for test in tests[1:]:
        if len(lines[-1]) + len(test) > 100:
            lines[-1] += ";"
            lines.append(f"    {left} = {left} || {test}")
        else:
            lines[-1] += f" || {test}"
    return [
        *lines[:-1],
        f"{lines[-1]};",
        f"    if ({left} && {finite}) {{",
        f"        {found.name}({', '.join(passed)});",
        "    }",
    ]
