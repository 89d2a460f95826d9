"""Say in Spark's SQL what a model says in DuckDB's: the same tables, row for row, or an error.

sqlglot reads the one and writes the other. What it would let through with another meaning is rewritten here on the tree
of the syntax, and that is all: a model that needs more than this is written in plainer SQL. What no model or case was
held against DuckDB with is refused, so that it is never a wrong figure.
"""

# sqlglot offers its expressions under a name of which it does not say that it does.
# pyright: reportPrivateImportUsage=false

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import ErrorLevel, TokenType, exp, parse_one, tokenize  # pyright: ignore[reportMissingImports]
from sqlglot.errors import UnsupportedError  # pyright: ignore[reportMissingImports]
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
# What a pattern of RE2 is in Java, whose edge of a word knows accented letters, whose white space has the vertical tab,
# and whose end of a text may lie before its last line end. What is not here, and no plain sign, is refused.
WORD_EDGE = r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))"
SPACE = r"\t\n\f\r "
SIGN = r"\\x\{[0-9A-Fa-f]+\}|\\."
TOKEN = re.compile(rf"\[(?P<of>\^?(?:{SIGN}|[^\[\]\\])+)\]|{SIGN}|\(\?:|\(\?|.", re.DOTALL)
IN_CLASS = re.compile(rf"{SIGN}|&&|.", re.DOTALL)
MEANING = {r"\b": WORD_EDGE, r"\s": f"[{SPACE}]", "$": r"\z", "(?": None, "[": None, "]": None}
MEANING_IN_CLASS = {r"\s": SPACE, "&&": None}
WHOLE_NUMBERS = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT)
REALS = (exp.DType.DOUBLE, exp.DType.FLOAT)
# What can be asked of values: each is in a model, or in a case of the tests, whose answers are held against DuckDB's.
ALLOWED = (
    *(exp.Abs, exp.Add, exp.And, exp.Anonymous, exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.Array, exp.ArrayAppend),
    *(exp.ArrayContains, exp.ArraySize, exp.Avg, exp.Between, exp.Bracket, exp.Case, exp.Cast, exp.Coalesce),
    *(exp.Concat, exp.ConcatWs, exp.Contains, exp.Count, exp.DPipe, exp.DateFromParts, exp.Day, exp.DayOfWeekIso),
    *(exp.Distinct, exp.Div, exp.EQ, exp.Explode, exp.Filter, exp.FirstValue, exp.Format, exp.GT, exp.GTE),
    *(exp.GenerateSeries, exp.GroupConcat, exp.If, exp.IgnoreNulls, exp.In, exp.Is, exp.LT, exp.LTE, exp.Lag, exp.Lead),
    *(exp.Least, exp.Left, exp.Length, exp.Like, exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.MD5, exp.Max, exp.Min),
    *(exp.Mod, exp.Month, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or),
    *(exp.Paren, exp.Quarter, exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace, exp.Replace, exp.Right, exp.Round),
    *(exp.RowNumber, exp.Split, exp.SplitPart, exp.Sub, exp.Substring, exp.Sum, exp.TimeToStr, exp.ToDays, exp.Trim),
    *(exp.Trunc, exp.TryCast, exp.Upper, exp.Week, exp.Window, exp.Year),
)
ASKING = (
    exp.Func,
    exp.Binary,
    exp.Unary,
    exp.Predicate,
    exp.Window,
    exp.Filter,
    exp.Bracket,
    exp.IgnoreNulls,
    exp.Distinct,
    exp.AtTimeZone,
)


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
    known = MappingSchema(dict(schema), dialect=READ)
    tree = qualify(_with_types_of_duckdb(query), dialect=READ, schema=known, validate_qualify_columns=False)
    tree = annotate_types(tree, schema=known, dialect=READ)
    # Those deepest first: what stands around it is then written in Spark's words around what is already.
    for node in reversed(list(tree.walk())):
        if isinstance(node, ASKING) and type(node) not in ALLOWED:
            raise UnknownToSparkError(node.sql(dialect=READ))
        for kind, rewrite in REWRITES.items():
            if isinstance(node, kind):
                fresh = rewrite(node)
                if fresh is not node:
                    fresh.type = fresh.type or node.type
                    node.replace(fresh)
                break
    return _in_parts(tree, reads, prefix)


def _with_types_of_duckdb(query: exp.Expression) -> exp.Expression:
    """A number with a point is a decimal, and a division a floating number; to sqlglot neither is."""

    def typed(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Div):
            above, below = exp.cast(node.this, "double"), exp.cast(node.expression, "double")
            # By zero DuckDB has infinity, and Spark stops: so be it.
            return exp.Div(this=above, expression=below, typed=False, safe=False)
        whole, point, rest = node.name.partition(".") if isinstance(node, exp.Literal) else ("", "", "")
        if not point or node.is_string or not rest.isdecimal():
            return node
        return exp.cast(node, f"decimal({len(whole) + len(rest)}, {len(rest)})")

    return query.transform(typed)


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
        return Said(_written(tree), (), whole)
    steps: list[tuple[str, str]] = []
    for part in parts:
        if len(_outside(tree, part)) > 1:
            name = f"{prefix}__{part.alias}"
            asked = exp.select("*").from_(part.alias)
            asked.set("with_", named.copy())
            steps.append((name, _written(asked)))
            for table in _outside(tree, part):
                table.set("this", exp.to_identifier(name, quoted=True))
            weights[part.alias] = 1
    return Said(_written(tree), tuple(steps), MOST_READS)


def _written(tree: exp.Expression) -> str:
    try:
        return tree.sql(dialect=WRITE, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise UnknownToSparkError(str(error)) from None


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

    Raises:
        UnknownToSparkError: It has a sign of which sqlglot makes something else than DuckDB does.
    """
    if any(token.token_type == TokenType.TILDE for token in tokenize(statement, read=READ)):
        raise UnknownToSparkError("het teken ~")
    return parse_one(statement, read=READ)  # pyright: ignore[reportReturnType]


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

    Raises:
        UnknownToSparkError: A moment in a zone: Spark's is another one where the session counts without zones.
    """
    if "TIME ZONE" in duckdb_type:
        raise UnknownToSparkError(duckdb_type)
    if duckdb_type.endswith("[]"):
        return f"ARRAY<{type_of(duckdb_type[:-2])}>"
    return TYPES.get(duckdb_type) or exp.DataType.build(duckdb_type, dialect=READ).sql(dialect=WRITE)


def fitted(name: str, of_spark: str, duckdb_type: str) -> str:
    """A column of a query in the type of the table that it goes into, as DuckDB puts it there.

    Args:
        name: The column.
        of_spark: Its type in Spark's query.
        duckdb_type: That of the table, as DuckDB names it.

    Returns:
        Spark's SQL.
    """
    column = exp.column(name, quoted=True)
    column.type = exp.DataType.build(of_spark, dialect=WRITE)
    kind = exp.DataType.build(type_of(duckdb_type), dialect=WRITE)
    value = column if column.type == kind else _cast(exp.Cast(this=column, to=kind))
    return f"{value.sql(dialect=WRITE)} as `{name}`"


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
    if part.is_type("text", "varchar"):
        return part
    return exp.cast(_written_alike(part), "text")


def _written_alike(part: exp.Expression) -> exp.Expression:
    """What is in a list, and a floating number, each of them writes in a way of its own."""
    if part.is_type(*REALS, "array", "list"):
        raise UnknownToSparkError(f"{part.sql(dialect=READ)} als tekst")
    return part


def _tied(node: exp.DPipe) -> exp.Expression:
    _written_alike(node.this)
    _written_alike(node.expression)
    return node


def _lower(node: exp.Lower) -> exp.Expression:
    """Java makes two letters of a capital I with a dot, and has another small sigma at the end of a word."""
    signs = [exp.Literal.string(each) for each in ("\u0130\u03a3", "i\u03c3")]
    plain = exp.Anonymous(this="TRANSLATE", expressions=[node.this, *signs])
    return _of_type("text", exp.Anonymous(this="LOWER", expressions=[plain]))


def _upper(node: exp.Upper) -> exp.Expression:
    """Of the first letter of a name of our own: of an ß and some like it Java makes two letters, and they have none."""
    if not isinstance(node.this, exp.Left) or node.this.expression.name != "1":
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen van de eerste letter")
    return _of_type("text", exp.Anonymous(this="UPPER", expressions=[node.this]))


def _part_of_text(node: exp.Left | exp.Right | exp.Substring) -> exp.Expression:
    """From the first letter on; before it they count in ways of their own."""
    count = node.args.get("start") or node.args.get("expression")
    last = count.expression if isinstance(count, exp.Add) and isinstance(count.this, exp.Length) else count
    if not (isinstance(last, exp.Literal) and last.name.isdecimal() and int(last.name) > 0):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen met een vast getal vanaf 1")
    return node


def _split(node: exp.Split | exp.SplitPart) -> exp.Expression:
    between = node.args.get("delimiter") or node.args.get("expression")
    if not (isinstance(between, exp.Literal) and between.name):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen op een vaste tekst")
    return node


def _like(node: exp.Like) -> exp.Expression:
    """A backslash is a letter to DuckDB, and to Spark says what follows."""
    if not isinstance(node.expression, exp.Literal) or "\\" in node.expression.name:
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen met een vaste tekst zonder backslash")
    return node


def _moment_as_text(node: exp.TimeToStr) -> exp.Expression:
    if node.args["format"].name != "%d-%m-%Y":
        raise UnknownToSparkError(f"strftime met {node.args['format'].name}")
    return node


def _without_digits(node: exp.Trunc) -> exp.Expression:
    if node.args.get("decimals"):
        raise UnknownToSparkError(node.sql(dialect=READ))
    return node


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


def _mean(node: exp.Avg) -> exp.Expression:
    """DuckDB adds up exactly, and divides once: what the decimals come to without their point, by as many times ten."""
    is_alone = not isinstance(node.parent, (exp.Filter, exp.Window))
    if not (is_alone and node.this.is_type("decimal", *WHOLE_NUMBERS)):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen van hele en vaste getallen, zonder voorwaarde")
    shift = exp.Literal.number(10 ** _scale(node.this))
    total = exp.cast(exp.Mul(this=exp.Sum(this=node.this.copy()), expression=shift), "decimal(38, 0)")
    number = exp.Mul(this=exp.cast(exp.Count(this=node.this.copy()), "double"), expression=shift.copy())
    below = exp.Nullif(this=exp.paren(number), expression=exp.Literal.number(0))
    return _of_type("double", exp.Div(this=exp.cast(total, "double"), expression=below, typed=True, safe=False))


def _scale(part: exp.Expression) -> int:
    """Places behind the point of a decimal."""
    kind = part.to if isinstance(part, exp.Cast) else part.type
    if kind is None or not kind.is_type("decimal"):
        return 0
    if len(kind.expressions) < 2:
        raise UnknownToSparkError(f"{part.sql(dialect=READ)}, waarvan onbekend is hoeveel cijfers het heeft")
    return int(kind.expressions[1].name)


def _of_type(name: str, node: exp.Expression) -> exp.Expression:
    node.type = exp.DataType.build(name)
    return node


def _rounded(node: exp.Round) -> exp.Expression:
    """DuckDB rounds a floating number as it is held, Spark as it is written: 2.675 is 2.67 and 2.68."""
    digits = node.args.get("decimals")
    if digits and not (isinstance(digits, exp.Literal) and digits.name.isdecimal()):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen op een vast aantal cijfers")
    if node.this.type is None or not node.this.is_type(*REALS):
        return _known(node, node.this)
    return _at(node.this, int(digits.name) if digits else 0)


def _at(part: exp.Expression, digits: int) -> exp.Expression:
    """A floating number, rounded as it is held."""
    shift = exp.Literal.number(f"1e{digits}")
    moved = exp.Round(this=exp.Mul(this=exp.paren(part.copy()), expression=shift))
    return _of_type("double", exp.paren(exp.Div(this=moved, expression=shift.copy(), typed=True, safe=False)))


def _cast(node: exp.Cast) -> exp.Expression:
    """DuckDB rounds to a whole number, where Spark cuts off; and a floating number as it is held, to a decimal too."""
    if isinstance(node, exp.TryCast):
        return _tried(node)
    if node.to.is_type("text", "varchar"):
        _written_alike(node.this)
    if node.to.is_type("timestamptz"):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: een moment in een tijdzone")
    if node.to.is_type("decimal") and node.this.is_type(*REALS):
        return exp.cast(_at(node.this, _scale(node)), node.to)
    if node.to.this not in WHOLE_NUMBERS or isinstance(node.this, exp.Trunc):
        return node
    _known(node, node.this)
    if node.this.is_type("decimal"):
        return exp.cast(exp.Round(this=node.this), node.to)
    if node.this.is_type(*REALS):
        return exp.cast(exp.Anonymous(this="RINT", expressions=[node.this]), node.to)
    return node


def _tried(node: exp.TryCast) -> exp.Expression:
    """Both make nothing of what is no number; of one that is not written as a whole number Spark would, DuckDB not."""
    if node.to.this not in WHOLE_NUMBERS or not node.this.is_type("text", "varchar"):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen van tekst naar een heel getal")

    def looks_like(pattern: str) -> exp.Expression:
        return exp.RegexpLike(this=node.this.copy(), expression=exp.Literal.string(pattern))

    unlike = exp.Anonymous(this="RAISE_ERROR", expressions=[exp.Literal.string("een getal in een andere vorm")])
    return exp.Case(
        ifs=[
            exp.If(this=looks_like(r"^[0-9]{1,9}\z"), true=exp.cast(node.this.copy(), node.to)),
            exp.If(this=looks_like("[0-9]"), true=unlike),
        ]
    )


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
    if isinstance(fresh.expression, exp.Literal) and _matches_nothing(fresh.expression.name):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: het patroon past ook waar niets staat")
    fresh.set("expression", _pattern(fresh.expression))
    fresh.set("replacement", _replacement(fresh.args["replacement"]))
    return fresh


def _matches_nothing(pattern: str) -> bool:
    """Whether it has a place between two letters, after which the two go on in ways of their own."""
    as_python_reads_it = re.sub(r"\\x\{[0-9A-Fa-f]+\}", "x", pattern)
    return not pattern.startswith("^") and re.search(as_python_reads_it, "") is not None


def _matched(node: exp.RegexpLike | exp.RegexpExtract) -> exp.Expression:
    fresh = node.copy()
    fresh.set("expression", _pattern(fresh.expression))
    return fresh


def _pattern(pattern: exp.Expression) -> exp.Expression:
    """The same pattern for Java, in each text that it is made of; to that, only a new line ends a line."""
    fresh = pattern.copy()
    for part in list(fresh.find_all(exp.Literal)):
        if part.is_string and _is_of(part, fresh):
            said = exp.Literal.string(_for_java(part.name))
            if part is fresh:
                return exp.Literal.string(f"(?d){said.name}")
            part.replace(said)
    return exp.DPipe(this=exp.Literal.string("(?d)"), expression=exp.paren(fresh), safe=True)


def _is_of(part: exp.Expression, pattern: exp.Expression) -> bool:
    """Whether a text is a part of the pattern, and not of what is asked to make one."""
    while part is not pattern:
        above = part.parent
        if not isinstance(above, (exp.DPipe, exp.Paren, exp.Case, exp.If)) or (
            isinstance(above, exp.If) and part.arg_key == "this"
        ):
            return False
        part = above
    return True


def _for_java(pattern: str) -> str:
    def said(token: str, meaning: Mapping[str, str | None]) -> str:
        # A letter after a backslash is a class of letters, of which these are the same to both.
        unknown = token.startswith("\\") and token[1].isalnum() and token[1] not in "dwx"
        found = meaning.get(token, None if unknown else token)
        if found is None:
            raise UnknownToSparkError(f"{token} in het patroon {pattern}")
        return found

    def in_java(found: re.Match[str]) -> str:
        if found["of"] is None:
            return said(found[0], MEANING)
        return f"[{IN_CLASS.sub(lambda each: said(each[0], MEANING_IN_CLASS), found['of'])}]"

    return TOKEN.sub(in_java, pattern)


def _replacement(text: exp.Expression) -> exp.Expression:
    if not isinstance(text, exp.Literal):
        raise UnknownToSparkError("regexp_replace door wat geen vaste tekst is")
    return exp.Literal.string(re.sub(r"\\(\d)", r"$\1", text.name.replace("$", r"\$")))


def _thousands(node: exp.Format) -> exp.Expression:
    if node.this.name != "{:t.}" or not all(each.is_type(*WHOLE_NUMBERS) for each in node.expressions):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen {{:t.}} van een heel getal")
    number = exp.Anonymous(this="FORMAT_NUMBER", expressions=[*node.expressions, exp.Literal.number(0)])
    return exp.Anonymous(this="REPLACE", expressions=[number, exp.Literal.string(","), exp.Literal.string(".")])


def _difference(node: exp.Sub) -> exp.Expression:
    """Of two days it is a number to DuckDB, and a span of time to Spark."""
    if node.this.is_type("date") and node.expression.is_type("date"):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: dagen van elkaar afgetrokken")
    return node


def _day_of_week(node: exp.DayOfWeekIso) -> exp.Expression:
    from_monday = exp.Anonymous(this="WEEKDAY", expressions=[node.this])
    return _of_type("int", exp.paren(exp.Add(this=from_monday, expression=exp.Literal.number(1))))


def _series(node: exp.GenerateSeries) -> exp.Expression:
    """Where the end lies before the beginning DuckDB has nothing; Spark counts back."""
    first, last, step = node.args["start"], node.args["end"], node.args.get("step")
    if (step and not isinstance(step, exp.Interval)) or node.args.get("is_end_exclusive"):
        raise UnknownToSparkError(f"{node.sql(dialect=READ)}: alleen met stappen van een of van een dag")
    run = exp.Anonymous(this="SEQUENCE", expressions=[each for each in (first, last, step) if each])
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
    exp.Avg: _mean,
    exp.Round: _rounded,
    exp.Cast: _cast,
    exp.DPipe: _tied,
    exp.Left: _part_of_text,
    exp.Right: _part_of_text,
    exp.Substring: _part_of_text,
    exp.Like: _like,
    exp.Lower: _lower,
    exp.SplitPart: _split,
    exp.Split: _split,
    exp.Sub: _difference,
    exp.TimeToStr: _moment_as_text,
    exp.Trunc: _without_digits,
    exp.Upper: _upper,
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
}
