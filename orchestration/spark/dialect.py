"""Say in Spark's SQL what a model says in DuckDB's: the same tables, row for row, or an error.

sqlglot reads the one and writes the other. What it would let through with another meaning is rewritten here on the tree
of the syntax, and that is all: a model that needs more than this is written in plainer SQL. What is known to run on
Spark and to answer something else is refused, so that it is never a wrong figure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp, parse_one  # pyright: ignore[reportMissingImports]
from sqlglot.optimizer.annotate_types import annotate_types  # pyright: ignore[reportMissingImports]
from sqlglot.optimizer.qualify import qualify  # pyright: ignore[reportMissingImports]
from sqlglot.schema import MappingSchema  # pyright: ignore[reportMissingImports]

# Database, schema and name of a table.
Place = tuple[str, str, str]
# Names of columns and their types in DuckDB, in order, by database, schema and table.
Schema = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]
READ = "duckdb"
# Spark's own SQL as sqlglot writes it puts every `qualify` in a query around it, and loses the names of tables in it.
# Spark understands `qualify` itself; this is the same SQL with it.
WRITE = "databricks"
# DuckDB's type, where Spark has another name for it, or none. What DuckDB counts in 128 bits fits in a decimal.
TYPES = {
    "HUGEINT": "DECIMAL(38, 0)",
    "UHUGEINT": "DECIMAL(38, 0)",
    "UBIGINT": "BIGINT",
    "VARCHAR": "STRING",
    "JSON": "STRING",
}
WORD_EDGE = r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))"
WHOLE_NUMBERS = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT)
REALS = (exp.DType.DOUBLE, exp.DType.FLOAT)


# Spark writes out a part of a query that has a name wherever it is read. From so many tables read on, that takes longer
# than making each part that is read more than once by itself.
MOST_READS = 40


@dataclass(frozen=True)
class Said:
    """A query as Spark reads it.

    Args:
        text: The query.
        steps: Parts of it that are made first, each by the name of its view.
        reads: How many tables Spark reads in one part of it at most, one that is read twice counted twice.
    """

    text: str
    steps: tuple[tuple[str, str], ...]
    reads: int


class UnknownToSparkError(ValueError):
    """A model says something of which nobody knows that it means the same on Spark; the message says what, in Dutch."""


def to_spark(query: exp.Expression, schema: Schema, reads: Mapping[str, int], prefix: str = "deel") -> Said:
    """Translate a query.

    Args:
        query: The query, as sqlglot read it from DuckDB's SQL.
        schema: The columns of the tables that it reads.
        reads: How many tables Spark reads where the query reads a view, by the name of that.
        prefix: Begin of the names of its parts.

    Returns:
        The same in Spark's SQL. Tables have the name that `view_of` gives them.

    Raises:
        UnknownToSparkError: It says something that means something else on Spark.
    """
    known = MappingSchema(schema, dialect=READ)
    tree = qualify(query.copy(), dialect=READ, schema=known, validate_qualify_columns=False)
    tree = annotate_types(tree, schema=known, dialect=READ)
    # Those deepest first: what stands around it is then written in Spark's words around what is already.
    for node in reversed(list(tree.walk())):
        for kind, rewrite in REWRITES.items():
            if isinstance(node, kind):
                fresh = rewrite(node)
                if fresh is not node:
                    fresh.type = fresh.type or node.type
                    node.replace(fresh)
                break
    return _in_parts(tree, reads, prefix)


def _in_parts(tree: exp.Expression, reads: Mapping[str, int], prefix: str) -> Said:
    """Make a part that is read more than once by itself, where the query as a whole would be too much for Spark."""
    named = tree.find(exp.With)
    parts = named.expressions if named else []
    weights = dict(reads)
    for part in parts:
        weights[part.alias] = _reads(part.this, weights, part.alias)
    own = {id(table) for table in _read_in(named)} if named else set()
    whole = sum(weights.get(table.name, 1) for table in _read_in(tree) if id(table) not in own)
    if whole <= MOST_READS or named is None:
        return Said(tree.sql(dialect=WRITE), (), whole)
    steps: list[tuple[str, str]] = []
    for part in parts:
        if len(_outside(tree, part)) > 1:
            name = f"{prefix}__{part.alias}"
            asked = exp.select("*").from_(part.alias)
            asked.set("with_", named.copy())
            steps.append((name, asked.sql(dialect=WRITE)))
            for table in _outside(tree, part):
                table.set("this", exp.to_identifier(name, quoted=True))
            weights[part.alias] = 1
    return Said(tree.sql(dialect=WRITE), tuple(steps), MOST_READS)


def _reads(part: exp.Expression, weights: Mapping[str, int], itself: str = "") -> int:
    return sum(weights.get(table.name, 1) for table in _read_in(part) if table.name != itself)


def _read_in(tree: exp.Expression) -> list[exp.Table]:
    return list(tree.find_all(exp.Table))


def _outside(tree: exp.Expression, part: exp.CTE) -> list[exp.Table]:
    """Where a part is read, but by itself."""
    own = {id(table) for table in _read_in(part)}
    return [table for table in _read_in(tree) if table.name == part.alias and id(table) not in own]


def parsed(statement: str) -> exp.Expression:
    """Read a statement of DuckDB.

    Args:
        statement: The statement.
    """
    return parse_one(statement, read=READ)


def view_of(place: Place) -> str:
    """The name by which Spark knows a table.

    Args:
        place: Where DuckDB has it.
    """
    return "__".join(place)


def type_of(duckdb_type: str) -> str:
    """Spark's name for a type.

    Args:
        duckdb_type: The type as DuckDB names it.
    """
    if duckdb_type.endswith("[]"):
        return f"ARRAY<{type_of(duckdb_type[:-2])}>"
    return TYPES.get(duckdb_type) or exp.DataType.build(duckdb_type, dialect=READ).sql(dialect=WRITE)


def _table(node: exp.Table) -> exp.Expression:
    if not node.db:
        return node
    name = exp.to_identifier(view_of((node.catalog, node.db, node.name)), quoted=True)
    return exp.Table(this=name, alias=node.args.get("alias"), joins=node.args.get("joins"))


def _fingerprint(node: exp.Anonymous) -> exp.Expression:
    """Spark passes over what is empty in a row: of a and nothing, and of nothing and a, it would make the same."""
    if node.name.lower() != "hash":
        return _interval(node)
    parts = [part for each in node.expressions for part in (each, exp.Is(this=each.copy(), expression=exp.null()))]
    return exp.Anonymous(this="XXHASH64", expressions=parts)


def _interval(node: exp.Anonymous) -> exp.Expression:
    if node.name.lower() != "to_months":
        raise UnknownToSparkError(f"de functie {node.name.lower()}")
    return exp.Anonymous(this="MAKE_INTERVAL", expressions=[exp.Literal.number(0), *node.expressions])


def _days(node: exp.ToDays) -> exp.Expression:
    noughts = [exp.Literal.number(0) for _ in range(3)]
    return exp.Anonymous(this="MAKE_INTERVAL", expressions=[*noughts, node.this])


def _joined(node: exp.Concat) -> exp.Expression:
    """DuckDB's `concat` passes over what is empty; Spark's is then empty as a whole."""
    return exp.Anonymous(this="CONCAT_WS", expressions=[exp.Literal.string(""), *map(_as_text, node.expressions)])


def _joined_by(node: exp.ConcatWs) -> exp.Expression:
    between, *parts = node.expressions
    return exp.Anonymous(this="CONCAT_WS", expressions=[between, *map(_as_text, parts)])


def _as_text(part: exp.Expression) -> exp.Expression:
    return part if part.is_type("text", "varchar") else exp.cast(part, "text")


def _at_extreme(node: exp.ArgMax | exp.ArgMin) -> exp.Expression:
    """DuckDB gives the last that is there; Spark what stands in the last row, which may be nothing."""
    there = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.null()))
    if isinstance(node.parent, exp.Window):
        raise UnknownToSparkError("arg_max of arg_min als venster")
    if isinstance(node.parent, exp.Filter):
        where = node.parent.expression
        where.set("this", exp.and_(where.this, there))
        return node
    return exp.Filter(this=node.copy(), expression=exp.Where(this=there))


def _any(node: exp.AnyValue) -> exp.Expression:
    """DuckDB's is one that is there."""
    return exp.Anonymous(this="ANY_VALUE", expressions=[node.this, exp.true()])


def _division(node: exp.Div) -> exp.Expression:
    """DuckDB divides in floating point, Spark decimals. By zero DuckDB has infinity, and Spark stops: so be it."""
    above, below = exp.cast(node.this, "double"), exp.cast(node.expression, "double")
    return _of_type("double", exp.Div(this=above, expression=below, typed=False, safe=False))


def _mean(node: exp.Avg) -> exp.Expression:
    """DuckDB's is a floating number, whatever it is the mean of."""
    return _of_type("double", exp.Avg(this=exp.cast(node.this, "double")))


def _of_type(name: str, node: exp.Expression) -> exp.Expression:
    node.type = exp.DataType.build(name)
    return node


def _rounded(node: exp.Round) -> exp.Expression:
    """DuckDB rounds a floating number as it is held, Spark as it is written: 2.675 is 2.67 and 2.68."""
    if node.this.type is None or not node.this.is_type(*REALS):
        return _known(node, node.this)
    digits = node.args.get("decimals")
    shift = exp.Literal.number(f"1e{int(digits.name) if digits else 0}")
    moved = exp.Round(this=exp.Mul(this=exp.paren(node.this), expression=shift))
    return exp.Div(this=moved, expression=shift.copy(), typed=True, safe=False)


def _cast(node: exp.Cast) -> exp.Expression:
    """DuckDB rounds to a whole number, Spark cuts off."""
    if node.to.this not in WHOLE_NUMBERS or isinstance(node.this, exp.Trunc):
        return node
    _known(node, node.this)
    if node.this.is_type("decimal"):
        return exp.cast(exp.Round(this=node.this), node.to)
    if node.this.is_type(*REALS):
        return exp.cast(exp.Anonymous(this="RINT", expressions=[node.this]), node.to)
    return node


def _known(node: exp.Expression, part: exp.Expression) -> exp.Expression:
    if not isinstance(part, (exp.Null, exp.Left, exp.Right)) and (part.type is None or part.is_type("unknown")):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}, waarvan het type niet bekend is")
    return node


def _replaced(node: exp.RegexpReplace) -> exp.Expression:
    """DuckDB replaces the first place unless it is told otherwise; Spark all of them."""
    how = node.args.get("modifiers")
    if how is None or how.name != "g":
        raise UnknownToSparkError("regexp_replace zonder 'g': Spark vervangt elke plaats")
    fresh = node.copy()
    fresh.set("expression", _pattern(fresh.expression))
    fresh.set("replacement", _replacement(fresh.args["replacement"]))
    return fresh


def _matched(node: exp.RegexpLike | exp.RegexpExtract) -> exp.Expression:
    fresh = node.copy()
    fresh.set("expression", _pattern(fresh.expression))
    return fresh


def _pattern(pattern: exp.Expression) -> exp.Expression:
    """Java 17 counts an accented letter as part of a word where it looks for the edge of one, RE2 does not."""
    for part in list(pattern.find_all(exp.Literal)):
        if part.is_string and r"\b" in part.name:
            fresh = exp.Literal.string(re.sub(r"((?:\\\\)*)\\b", lambda found: found[1] + WORD_EDGE, part.name))
            if part is pattern:
                return fresh
            part.replace(fresh)
    return pattern


def _replacement(text: exp.Expression) -> exp.Expression:
    if not isinstance(text, exp.Literal):
        raise UnknownToSparkError("regexp_replace door wat geen vaste tekst is")
    return exp.Literal.string(
        re.sub(r"\\(\d)", r"${\1}", text.name.replace("$", r"\$")).replace("${", "$").replace("}", "")
    )


def _thousands(node: exp.Format) -> exp.Expression:
    if node.this.name != "{:t.}":
        raise UnknownToSparkError(f"format met {node.this.name}")
    number = exp.Anonymous(this="FORMAT_NUMBER", expressions=[*node.expressions, exp.Literal.number(0)])
    return exp.Anonymous(this="REPLACE", expressions=[number, exp.Literal.string(","), exp.Literal.string(".")])


def _day_of_week(node: exp.DayOfWeekIso) -> exp.Expression:
    from_monday = exp.Anonymous(this="WEEKDAY", expressions=[node.this])
    return _of_type("int", exp.paren(exp.Add(this=from_monday, expression=exp.Literal.number(1))))


def _series(node: exp.GenerateSeries) -> exp.Expression:
    """Where the end lies before the beginning DuckDB has nothing; Spark counts back."""
    first, last = node.args["start"], node.args["end"]
    run = exp.Anonymous(this="SEQUENCE", expressions=[each for each in (first, last, node.args.get("step")) if each])
    return exp.Case(ifs=[exp.If(this=exp.LTE(this=first.copy(), expression=last.copy()), true=run)])


def _element(node: exp.Bracket) -> exp.Expression:
    """DuckDB counts from one, and past the end there is nothing."""
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Column):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen een kolom kan een plaats in een lijst aanwijzen")
    return exp.Anonymous(this="TRY_ELEMENT_AT", expressions=[node.this, *node.expressions])


def _named_part(node: exp.CTE) -> exp.Expression:
    """Whether a part is kept or read anew is a matter of DuckDB's memory."""
    node.set("materialized", None)
    return node


def _one_generator(node: exp.Select) -> exp.Expression:
    """Two in one select stand side by side in DuckDB; Spark gives each value of the one with each of the other."""
    if sum(isinstance(each.unalias(), exp.Explode) for each in node.expressions) > 1:
        raise UnknownToSparkError("twee keer unnest in een select: Spark combineert elk met elk")
    return node


def _refused(node: exp.Expression) -> exp.Expression:
    raise UnknownToSparkError(node.sql(dialect=READ))


REWRITES: Mapping[type[exp.Expression], Callable[..., exp.Expression]] = {
    exp.Table: _table,
    exp.Anonymous: _fingerprint,
    exp.ToDays: _days,
    # sqlglot counts the one as a kind of the other.
    exp.ConcatWs: _joined_by,
    exp.Concat: _joined,
    exp.ArgMax: _at_extreme,
    exp.ArgMin: _at_extreme,
    exp.AnyValue: _any,
    exp.Div: _division,
    exp.Avg: _mean,
    exp.Round: _rounded,
    exp.Cast: _cast,
    exp.RegexpReplace: _replaced,
    exp.RegexpLike: _matched,
    exp.RegexpExtract: _matched,
    exp.Week: lambda node: _of_type("int", exp.Anonymous(this="WEEKOFYEAR", expressions=[node.this])),
    exp.DayOfWeekIso: _day_of_week,
    exp.Format: _thousands,
    exp.GenerateSeries: _series,
    exp.Bracket: _element,
    exp.CTE: _named_part,
    exp.Select: _one_generator,
    exp.IntDiv: _refused,
    exp.DayOfWeek: _refused,
    exp.RegexpFullMatch: _refused,
}
