"""How a delivered value is written, in SQL: its normal form, its declared form, its type, and what may be shown of it.

A value is brought into its normal form, held against the declared form to the character, and only then given its type,
so that no lenient cast decides what was meant. Which record is set aside, and where values go, is decided elsewhere.
"""

import re
from collections.abc import Sequence
from datetime import date

from orchestration.declarations import Column, Extract
from orchestration.sql import quoted

TIMESTAMP = "%Y-%m-%d %H:%M:%S"
DIGITS = {"%d": 2, "%m": 2, "%Y": 4, "%H": 2, "%M": 2, "%S": 2}
EXAMPLE = {"%d": "31", "%m": "12", "%Y": "2020", "%H": "23", "%M": "59", "%S": "00"}
GREATEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1}
MASK = "regexp_replace(regexp_replace({value}, '\\p{{N}}', '9', 'g'), '[\\p{{L}}\\p{{M}}]', 'a', 'g')"
# So many digits tell a person from another: the number of a citizen, of a telephone.
TELLING_DIGITS = 9
# What has the looks of a date or a number may be shown where one is expected; a name or a case number has not. A line
# or a space within it is of a case number, unless it parts thousands.
SHOWN_AS_DATE = r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}([ T][0-9]{1,2}(:[0-9]{1,2}){1,2})?"
SHOWN_AS_NUMBER = r"[-+]?([0-9][0-9.,'_]{0,20}([eExX][-+]?[0-9.,_]{0,12})?|[0-9]{1,3}( [0-9]{3})+([.,][0-9]{1,6})?)-?"


def normal(value: str, column: Column, extract: Extract, white: str) -> str:
    """SQL for the normal form of a delivered text: without white space around it, in its case, NULL where empty.

    White space around a value never means anything: padding of codes, such as the CBS has, is removed as well.

    Args:
        value: SQL expression of type varchar.
        column: The column.
        extract: Its extract, which says what an empty value is.
        white: White space that may occur.
    """
    if white.strip(" "):
        # To look first is cheaper than a trim of more than spaces, which few values need.
        around = quoted(f"^[{white}]|[{white}]$")
        value = f"case when regexp_matches({value}, {around}) then trim({value}, {quoted(white)}) else {value} end"
    elif white:
        value = f"trim({value})"
    for empty in dict.fromkeys(["", *extract.null_values]):
        value = f"nullif({value}, {quoted(empty)})"
    return f"{column.case}({value})" if column.case else value


def typed(value: str, column: Column, extract: Extract) -> str:
    """SQL for the typed value of a text in normal form; NULL where the text is none of that type.

    Args:
        value: SQL expression of type varchar, of one value where the column repeats.
        column: The column.
        extract: Its extract, which says how numbers and days are written.
    """
    kind = column.element_type
    if kind == "varchar":
        return value
    if kind == "boolean":
        return f"({value} = 'true')"
    if kind in ("date", "timestamp"):
        return f"try_strptime({value}, {quoted(_format(kind, extract))})::{kind}"
    if kind.startswith("decimal") or kind == "double":
        if extract.thousands:
            value = f"replace({value}, {quoted(extract.thousands)}, '')"
        if extract.decimal != ".":
            value = f"replace({value}, {quoted(extract.decimal)}, '.')"
    return f"try_cast({value} as {kind})"


def fault(value: str, column: Column, extract: Extract, stand_datum: date) -> str | None:
    """SQL for what is wrong with a text in normal form: a reason in Dutch, NULL where nothing is.

    Args:
        value: SQL expression of type varchar, of one value where the column repeats.
        column: The column.
        extract: Its extract.
        stand_datum: Day whose state of the register the delivery gives.

    Returns:
        The expression; None where nothing can be wrong.
    """
    faults = [
        *_missing(value, column, extract),
        *_form(value, column, extract),
        *_spelling(value, column),
        *_future(value, column, extract, stand_datum),
    ]
    if not faults:
        return None
    return f"case {' '.join(f'when {wrong} then {quoted(reason)}' for wrong, reason in faults)} end"


def expected(column: Column, extract: Extract) -> str:
    """Say in Dutch what a delivered value of a column must be, for whoever has to repair it.

    Args:
        column: The column.
        extract: Its extract.
    """
    told = ["verplicht"] if column.required else []
    if column.element_type != "varchar":
        told.append(_written(column, extract)[1])
    if column.pattern:
        told.append(f"volgens het patroon {column.pattern}")
    if column.canonical_pattern:
        told.append(f"te lezen als {_canonical(column)}")
    if column.code_list:
        told.append(f"een code uit de lijst {column.code_list}")
    if column.element_type in ("date", "timestamp") and not column.future:
        told.append("niet na de stand")
    return "; ".join(told)


def shown(value: str, column: Column, extract: Extract) -> str:
    """SQL for what may be shown of a text: a date, a number, what follows a pattern that may be; else its kind.

    In a record that is shifted, the number of a person stands where another is expected, and has the looks of one.

    Args:
        value: SQL expression of type varchar.
        column: The column.
        extract: Its extract, which says what the number of a person looks like.
    """
    masked = MASK.format(value=value)
    if column.shown:
        # What does not follow its pattern is something else, which may stand there by mistake.
        fits = f"regexp_full_match({value}, {quoted(column.pattern)})" if column.pattern else "true"
        return f"case when {fits} then {value} else {masked} end"
    if column.identifies or column.element_type in ("varchar", "boolean"):
        return masked
    looks = SHOWN_AS_DATE if column.element_type in ("date", "timestamp") else SHOWN_AS_NUMBER
    may = [
        f"regexp_full_match({value}, {quoted(looks)})",
        f"length(regexp_replace({value}, '[^0-9]', '', 'g')) < {TELLING_DIGITS}",
    ]
    may += [f"not regexp_matches({value}, {quoted(form)})" for form in personal_forms(extract)]
    return f"case when {' and '.join(may)} then {value} else {masked} end"


def personal_forms(extract: Extract) -> tuple[str, ...]:
    """List the patterns of the numbers of persons that an extract holds.

    Args:
        extract: The declaration.
    """
    forms = dict.fromkeys(column.canonical_pattern or column.pattern for column in extract.personal_columns)
    return tuple(form for form in forms if form)


Fault = tuple[str, str]


def _missing(value: str, column: Column, extract: Extract) -> Sequence[Fault]:
    if not column.required:
        return ()
    wrong = f"{value} is null"
    if extract.deletion_code and column.name not in (*extract.key, extract.change_column):
        # A deletion needs no more than its key.
        wrong += f' and "{extract.change_column}" is distinct from {quoted(extract.deletion_code)}'
    return ((wrong, "verplichte waarde ontbreekt"),)


def _form(value: str, column: Column, extract: Extract) -> Sequence[Fault]:
    if column.element_type == "varchar":
        return ()
    pattern, told = _written(column, extract)
    # The pattern knows what the cast lets through; the cast knows which days exist and how much fits.
    unlike = f"not regexp_full_match({value}, {quoted(pattern)})"
    untyped = f"{value} is not null and {typed(value, column, extract)} is null"
    return ((f"{unlike} or ({untyped})", f"verwacht {told}"),)


def _written(column: Column, extract: Extract) -> tuple[str, str]:
    """The pattern that a text of a type other than varchar matches, and how that is told."""
    kind = column.element_type
    if kind == "boolean":
        return "true|false", "true of false"
    if kind in ("date", "timestamp"):
        return _written_date(_format(kind, extract))
    if kind not in GREATEST:
        return _written_number(column, extract)
    if column.signed:
        return "-?[0-9]+", f"een heel getal als 1234 of -1234, ten hoogste {GREATEST[kind]}"
    return "[0-9]+", f"een heel getal als 1234, ten hoogste {GREATEST[kind]}, zonder tekens ertussen"


def _written_date(form: str) -> tuple[str, str]:
    pattern = re.escape(form)
    for part, digits in DIGITS.items():
        pattern = pattern.replace(part, f"[0-9]{{{digits}}}")
    return pattern, f"een bestaande dag als {_filled_in(form)}"


def _filled_in(form: str) -> str:
    for part, example in EXAMPLE.items():
        form = form.replace(part, example)
    return form


def _written_number(column: Column, extract: Extract) -> tuple[str, str]:
    whole, example = "[0-9]+", "1234"
    if extract.thousands:
        whole = rf"([1-9][0-9]{{0,2}}({re.escape(extract.thousands)}[0-9]{{3}})+|[0-9]+)"
        example = f"1{extract.thousands}234"
    decimals = "[0-9]+"
    room = ""
    if size := re.fullmatch(r"decimal\((\d+),(\d+)\)", column.element_type):
        precision, scale = int(size[1]), int(size[2])
        decimals = f"[0-9]{{1,{scale}}}" if scale else ""
        room = f", met ten hoogste {precision - scale} cijfers voor en {scale} na het decimaalteken"
        example += f"{extract.decimal}{'567890'[:scale]}" if scale else ""
    else:
        example += f"{extract.decimal}56"
    pattern = whole + (f"({re.escape(extract.decimal)}{decimals})?" if decimals else "")
    if column.signed:
        return f"-?{pattern}", f"een getal als {example} of -{example}{room}"
    return pattern, f"een getal als {example}, zonder minteken{room}"


def _format(kind: str, extract: Extract) -> str:
    return TIMESTAMP if kind == "timestamp" else extract.date_format


def _spelling(value: str, column: Column) -> Sequence[Fault]:
    faults = []
    if column.pattern:
        faults.append(
            (f"not regexp_full_match({value}, {quoted(column.pattern)})", f"volgt niet het patroon {column.pattern}")
        )
    if column.canonical_pattern:
        wrong = f"not regexp_matches({value}, {quoted(column.canonical_pattern)})"
        faults.append((wrong, f"is niet te lezen als {_canonical(column)}"))
    return faults


def _canonical(column: Column) -> str:
    """The form into which a number is brought, as its digits."""
    return "-".join("9" * width for width in column.canonical_widths or [])


def _future(value: str, column: Column, extract: Extract, stand_datum: date) -> Sequence[Fault]:
    if column.element_type not in ("date", "timestamp") or column.future:
        return ()
    wrong = f"{typed(value, column, extract)}::date > date '{stand_datum}'"
    return ((wrong, f"ligt na de stand van {stand_datum:%d-%m-%Y}"),)
