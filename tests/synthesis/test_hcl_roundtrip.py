"""What the writer makes, put before Terraform itself: it means what was meant, and `terraform fmt` leaves it alone.

Terraform's limits, which these values keep: strings and keys come back in normal form C; a lone surrogate is no
text; numbers have 512 bits.
"""

import json
import random
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from synthesis.hcl.blocks import render_block
from synthesis.hcl.expression import literal_value
from tests.offline import terraform

pytestmark = pytest.mark.terraform

FRAGMENTS = (
    *"$$$%%{{}}\"\\~#/<>'`&|=:;,.()[]!?*+-_ aZ09\t\n\n\r",
    *("${", "%{", "$${", "%%{", "$$${", "${~", "~}", '${"a"}', "${var.x}", "%{ if true }", "%{ endif }"),
    *("EOT", "EOT\n", "\nEOT", "<<-EOT\n", "\r\n", "\n\n", "  ", "\n  ", "\n\t", "//", "/*", "*/", "\\n", "\\u0041"),
    *("true", "null", "for", "each.key", "0", "-1", "1e5"),
    *("ação", "e\u0301", "\u0301", "\u0344", "Ångström", "中文", "\u1100\u1161", "\u0e33", "שלום", "مرحبا"),
    *("\U0001f600", "\U0001f469\u200d\U0001f4bb", "\U0001f1e7\U0001f1f7", "\U0010ffff", "\u200b", "\u202e"),
    *("\x00", "\x01", "\x0b", "\x0c", "\x1b", "\x1c", "\x7f", "\x85", "\xa0", "\xad", "\u2003", "\u2028", "\u2029"),
    *("\ufeff", "\ufffd", "\ufffe", "\uffff"),
)
NUMBERS: tuple[float, ...] = (0, -0.0, 1, -1, 2.0, 0.1, 1e15, 1e21, -1.5e300, 5e-324, 2**63, -(2**511), 10**100 + 1)


def outputs_of(folder: Path) -> dict[str, Any]:
    """Each output's type and value; numbers as exact decimals."""
    terraform(folder, "init", "-input=false")
    terraform(folder, "apply", "-input=false", "-auto-approve")
    text = terraform(folder, "output", "-json")
    found = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    return {name: (output["type"], output["value"]) for name, output in found.items()}


def assert_formatted(folder: Path) -> None:
    changed = terraform(folder, "fmt", "-write=false", "-list=false", "-diff")
    assert changed == ""


def a_text(random_: random.Random) -> str:
    return "".join(random_.choices(FRAGMENTS, k=random_.randrange(12)))


def some_lines(random_: random.Random) -> str:
    """Mostly what becomes a heredoc."""
    parts = (
        "a",
        "  b",
        "\tc",
        "",
        "   ",
        "$",
        "%",
        "$${",
        "%{",
        "\\n",
        '"',
        "x EOT",
        "EOT",
        "é",
        "e\u0301",
        "\u0301",
        "#",
        "<<A",
    )
    return "".join(
        "".join(random_.choices(parts, k=random_.randrange(4))) + "\n" for _ in range(random_.randrange(1, 6))
    )


def a_value(random_: random.Random, depth: int = 3) -> Any:
    kind = random_.randrange(9 if depth else 6)
    if kind < 2:
        return a_text(random_)
    if kind == 2:
        return some_lines(random_)
    if kind == 3:
        return random_.choice((None, True, False, "", [], {}))
    if kind == 4:
        return random_.choice(NUMBERS)
    if kind == 5:
        return random_.choice((random_.uniform(-1e6, 1e6), random_.randrange(-(10**30), 10**30), random_.random()))
    if kind == 6:
        return [a_value(random_, depth - 1) for _ in range(random_.randrange(5))]
    # Two keys may be one in normal form C, which Terraform refuses.
    keys = {unicodedata.normalize("NFC", a_text(random_)) for _ in range(random_.randrange(5))}
    return {key: a_value(random_, depth - 1) for key in sorted(keys)}


def carried(value: Any) -> Any:
    """The value as Terraform gives it back."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [carried(item) for item in value]
    return {carried(key): carried(item) for key, item in value.items()}


def test_any_value_comes_back_equal(tmp_path: Path) -> None:
    random_ = random.Random(1)
    values = [
        *(a_text(random_) for _ in range(500)),
        *(some_lines(random_) for _ in range(200)),
        *(a_value(random_) for _ in range(500)),
        *FRAGMENTS,
        *NUMBERS,
        "x" * 100_000,
        ("é" * 49 + "\n") * 2_000,
        '${"\\\n%{' * 1_000,
        {f"k{number}": number for number in range(1000)},
    ]
    blocks = [
        # In a list, because an output that is null is no output.
        render_block("output", [f"o{number}"], {"value": [literal_value(value)]}, None)
        for number, value in enumerate(values)
    ]
    (tmp_path / "main.tf").write_text("\n".join(blocks), "utf-8", newline="")

    found = outputs_of(tmp_path)

    assert len(values) > 1200
    for number, value in enumerate(values):
        assert found[f"o{number}"][1] == [carried(value)], f"{value!r}\n{blocks[number]}"
    assert sum("<<-EOT" in block for block in blocks) > 100
    assert_formatted(tmp_path)


def test_a_variable_default_is_not_a_template(tmp_path: Path) -> None:
    random_ = random.Random(2)
    values = [value for value in (a_value(random_) for _ in range(300)) if value is not None]
    (tmp_path / "main.tf.json").write_text(
        json.dumps({"variable": {f"v{number}": {"default": value} for number, value in enumerate(values)}})
    )
    (tmp_path / "main.tf").write_text(
        "\n".join(
            render_block("variable", [f"w{number}"], {"default": value, "description": a_text(random_)}, None)
            + render_block("output", [f"o{number}"], {"value": [f"${{var.v{number}}}", f"${{var.w{number}}}"]}, None)
            for number, value in enumerate(values)
        ),
        "utf-8",
        newline="",
    )

    found = outputs_of(tmp_path)

    for number, value in enumerate(values):
        assert found[f"o{number}"][1] == [carried(value)] * 2, repr(value)
    assert_formatted(tmp_path)


LOCALS = {"s": " s\n", "n": 7, "yes": True, "list": ["a", "b"], "map": {"k": "v", "a b": {"c": [1, 2]}}}
SEQUENCES = (
    *("${local.s}", "${local.n}", "${ local.yes }", '${local.map["k"]}', "${local.list[0]}", "${1+2}", "${-local.n}"),
    *(
        '${"a${local.s}\\"}{b"}',
        '${upper("x}${"y"}")}',
        "${{a=1}.a}",
        "${ { a = {} }.a == {} }",
        '${"$${"}',
        "${null==1}",
    ),
    *("${~local.s}", "${local.s~}", "${~ local.s ~}", '${~ "x" ~}'),
    '${join(",",[\nfor x in local.list: upper(x) # why\nif x!="c"\n])}',
    "${\nlocal.yes\n? local.n\n: -1 // no\n}",
    "${<<EOT\n  x ${local.s}EOT\n   a=b\nEOT\n}",
    "${<<-EOT\n    x\n      y\n    EOT\n}",
)
DIRECTIVES = (
    ("%{ if local.yes }", "%{ else }", "%{ endif }"),
    ("%{if local.n>7~}", "%{~else~}", "%{~endif}"),
    ("%{for x in local.list}${x}", "", "%{endfor}"),
    ("%{ for k,v in local.map ~}\n${k}", "", "%{ endfor ~}\n"),
)


def a_template(random_: random.Random, sequences: Sequence[str] = SEQUENCES, depth: int = 2) -> str:
    parts: list[str] = []
    for _ in range(random_.randrange(1, 5)):
        kind = random_.randrange(6 if depth else 5)
        if kind < 2:
            # Terraform's JSON reader takes all that follows a carriage return for text, and drops a byte order mark.
            text = literal_value(a_text(random_).replace("\r", "").replace("\ufeff", ""))
            parts.append(text + "-" if text.endswith(("$", "%")) else text)
        elif kind == 2:
            parts.append(random_.choice((" ", "\n", "  \n", "\n  ", "a\n", " b ", "\n\n")))
        elif kind < 5:
            parts.append(random_.choice(sequences))
        else:
            opening, middle, closing = random_.choice(DIRECTIVES)
            parts += [opening, a_template(random_, sequences, depth - 1), middle]
            parts += [a_template(random_, sequences, depth - 1) if middle else "", closing]
    return "".join(parts)


def test_a_template_means_what_it_means_in_json(tmp_path: Path) -> None:
    random_ = random.Random(3)
    for_keys = [sequence for sequence in SEQUENCES if "\n" not in sequence]
    values: list[Any] = [*SEQUENCES, *({key: 1} for key in for_keys)]
    values += [a_template(random_) for _ in range(600)]
    values += [[a_template(random_)] for _ in range(50)]
    values += [{"k": a_template(random_), "long name": a_template(random_)} for _ in range(50)]
    values += [{a_template(random_, for_keys) + "-": 1} for _ in range(50)]
    outputs = {f"o{number}": {"value": [value]} for number, value in enumerate(values)}
    ours, json_s = tmp_path / "ours", tmp_path / "json"
    ours.mkdir()
    json_s.mkdir()
    (json_s / "main.tf.json").write_text(json.dumps({"locals": LOCALS, "output": outputs}))
    blocks = {name: render_block("output", [name], body, None) for name, body in outputs.items()}
    text = "\n".join([render_block("locals", [], LOCALS, None), *blocks.values()])
    (ours / "main.tf").write_text(text, "utf-8", newline="")

    found, expected = outputs_of(ours), outputs_of(json_s)

    for name, block in blocks.items():
        assert found[name] == expected[name], f"{outputs[name]}\n{block}"
    assert_formatted(ours)


NAMES = ("a", "bb", "name", "location", "tags", "a_rather_long_name", "for_each", "count", "labels", "version")


class Author:
    """Writes expressions with the spaces and line breaks of somebody who does not know `terraform fmt`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def expression(self, depth: int = 3) -> str:
        forms: list[Callable[[int], str]] = [self.reference] * 3
        if depth:
            forms += [self.binary, self.choice, self.call, self.tuple, self.object, self.tuple_for, self.object_for]
            forms += [self.string, self.group, self.negation]
        return self.random.choice(forms)(depth - 1)

    def several(self, depth: int) -> list[str]:
        return [self.expression(depth) for _ in range(self.random.randrange(4))]

    def gap(self) -> str:
        return self.random.choice(("", "", " ", "  "))

    def space(self) -> str:
        return self.random.choice((" ", " ", "  "))

    def open_gap(self) -> str:
        """Between brackets, where a line break means nothing."""
        return self.random.choice(("", " ", "  ", "\n", " \n   ", "\n\n\t"))

    def comment(self) -> str:
        return self.random.choice(("", "", " # why", " // why ", "# why", "/* why */"))

    def reference(self, _: int) -> str:
        return self.random.choice(
            (
                "var.a",
                "local.b-c",
                "x",
                "each.value",
                'a.b["k"]',
                "a[0].b",
                "a[*].b",
                "1",
                "2.5e3",
                "null",
                "module.m",
                '"s"',
                '"a b"',
                '""',
            )
        )

    def binary(self, depth: int) -> str:
        operator = self.random.choice(("+", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", " - "))
        return f"({self.expression(depth)}{self.open_gap()}{operator}{self.gap()}{self.expression(depth)})"

    def choice(self, depth: int) -> str:
        yes, no = self.expression(depth), self.expression(depth)
        return f"({self.expression(depth)} ?{self.open_gap()}{yes} :{self.gap()}{no})"

    def call(self, depth: int) -> str:
        arguments = f"{self.gap()},{self.open_gap()}".join(self.several(depth))
        more = self.random.choice(("...", "", "")) if arguments else ""
        name = self.random.choice(("f", "length", "provider::p::f"))
        return f"{name}({self.open_gap()}{arguments}{more}{self.open_gap()})"

    def tuple(self, depth: int) -> str:
        comma = f",{self.open_gap()}"
        return f"[{self.open_gap()}{comma.join(self.several(depth))}{self.open_gap()}]"

    def object(self, depth: int) -> str:
        items = "".join(
            f"{self.gap()}{key}{self.gap()}{self.random.choice('=:=')}{self.gap()}{self.expression(depth)}"
            f"{self.random.choice((',', ',', ''))}{self.comment()}\n{self.random.choice(('', '', chr(10)))}"
            for key in self.random.sample(
                ("k", "long_key", '"a b"', "(var.k)", '"${k}"', "ç"), self.random.randrange(5)
            )
        )
        opening = self.random.choice(("{\n", "{ # why\n", "{"))
        return f"{opening}{items}}}"

    def tuple_for(self, depth: int) -> str:
        condition = self.random.choice(("", f"{self.open_gap()} if {self.expression(depth)}"))
        return (
            f"[{self.open_gap()}for x in {self.expression(depth)}{self.gap()}:{self.open_gap()}"
            f"{self.expression(depth)}{condition}{self.open_gap()}]"
        )

    def object_for(self, depth: int) -> str:
        return (
            f"{{{self.open_gap()}for k{self.gap()},v in {self.expression(depth)}{self.gap()}:{self.open_gap()}"
            f"x{self.gap()}=>{self.gap()}{self.expression(depth)}{self.open_gap()}}}"
        )

    def string(self, depth: int) -> str:
        return f'"a, {self.sequence(depth)}${{ {self.expression(depth)} }}."'

    def group(self, depth: int) -> str:
        return f"({self.open_gap()}{self.expression(depth)}{self.open_gap()})"

    def negation(self, depth: int) -> str:
        return f"{self.random.choice('!-')}{self.gap()}({self.expression(depth)})"

    def sequence(self, depth: int = 3) -> str:
        return f"${{{self.open_gap()}{self.expression(depth)}{self.open_gap()}}}"

    def value(self, depth: int = 2) -> Any:
        kind = self.random.randrange(6 if depth else 4)
        if kind == 0:
            return literal_value(a_value(self.random, 1))
        if kind == 1:
            return self.sequence()
        if kind == 2:
            return f"x {self.sequence()} y{self.random.choice(('', chr(10)))}"
        if kind == 3:
            return f"line\n  {self.sequence()}\n\nend\n"
        if kind == 4:
            return [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        keys = {self.random.choice((*NAMES, "a b", "${var.x}", "é", "${a+b}", "e\u0301", "a${ b }")) for _ in range(4)}
        return {key: self.value(depth - 1) for key in sorted(keys)}

    def schema(self, depth: int = 2) -> dict[str, Any]:
        blocks = {
            name: {"nesting_mode": self.random.choice(("single", "list", "map")), "block": self.schema(depth - 1)}
            for name in self.random.sample(("rule", "pool", "timeouts"), self.random.randrange(3) if depth else 0)
        }
        attributes: dict[str, Any] = {name: {} for name in self.random.sample(NAMES, self.random.randrange(6))}
        return {"attributes": attributes, "block_types": blocks}

    def body(self, schema: dict[str, Any]) -> dict[str, Any]:
        body = {name: self.value() for name in schema["attributes"]}
        for name, nested in schema["block_types"].items():
            bodies: Any = [self.body(nested["block"]) for _ in range(self.random.randrange(3))]
            body[name] = {"key": bodies} if nested["nesting_mode"] == "map" else bodies
        return body


def test_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    author = Author(4)
    for number in range(40):
        schema = author.schema()
        blocks = [
            render_block("resource", ["some_type", "this"], author.body(schema), schema, "Why."),
            render_block("locals", [], {"a": author.value(), "bcd": author.value(), "e": author.value()}, None),
            render_block("module", ["m"], {name: author.value() for name in NAMES[:-1]}, None),
            render_block("variable", ["v"], {"type": author.expression(), "default": a_value(author.random)}, None),
            render_block("output", ["o"], {"value": author.value(), "description": a_text(author.random)}, None),
        ]
        (tmp_path / f"{number}.tf").write_text("\n".join(blocks), "utf-8", newline="")

    assert_formatted(tmp_path)
