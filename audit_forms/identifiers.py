"""What in free text looks as if it named somebody: numbers with check digits, addresses, dates of birth, names."""

import re
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What a piece of text looks like."""

    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    NATIONAL_INSURANCE = "national_insurance"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    EMAIL = "email"
    BIRTH_DATE = "birth_date"
    STAFF_NAME = "staff_name"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_soft(self) -> bool:
        """Only pointed out: a member of staff is not a child, and what is learnt need not be about somebody."""
        return self is Kind.STAFF_NAME


_LABELS: Final = {
    Kind.NHS_NUMBER: "an NHS number",
    Kind.UPN: "a pupil number (UPN)",
    Kind.NATIONAL_INSURANCE: "a National Insurance number",
    Kind.POSTCODE: "a postcode",
    Kind.TELEPHONE: "a telephone number",
    Kind.EMAIL: "an email address",
    Kind.BIRTH_DATE: "a date of birth",
    Kind.STAFF_NAME: "a name on the staff list",
}


class Found(NamedTuple):
    """One place in a text: where it begins and ends, and what it looks like."""

    start: int
    end: int
    kind: Kind


_GAP: Final = r"[ \u00a0\u2009\-\u2010-\u2013.]?"  # what people put between groups of digits
_NHS: Final = re.compile(rf"(?<![\d\-./])(?:\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}})(?![\d/]|[\-.]\d)")
_NHS_SAID: Final = re.compile(rf"\bNHS\b[^\d\n]{{0,20}}(\d(?:{_GAP}\d){{9}})(?!\d)", re.IGNORECASE)
_UPN: Final = re.compile(r"(?<![A-Z0-9])[A-HJ-NP-RT-Z](?: ?\d){11} ?[\dA-HJ-NP-RT-Z](?![A-Z0-9])", re.IGNORECASE)
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_NINO: Final = re.compile(
    r"(?<![A-Z0-9])(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]"
    r"[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D](?![A-Z0-9])",
    re.IGNORECASE,
)
_AREA_CODES: Final = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN "
    "NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW "
    "UB W WA WC WD WF WN WR WS WV YO ZE"
)
_AREAS: Final = frozenset(_AREA_CODES.split())
_POSTCODE: Final = re.compile(
    r"(?<![A-Z0-9\-])([A-Z]{1,2})(\d(?:\d|[A-HJKMNPR-Y])?)( |\u00a0)?(\d[ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])", re.IGNORECASE
)
_ORDINAL: Final = re.compile(r"1st|2nd|3rd|\dth")
# A leading nought, or the country's code with or without one in brackets; then nine or ten digits in any grouping.
_TELEPHONE: Final = re.compile(
    r"(?<![\w/.\-])(?:\(?0|(?:\+|00)44[ \-]?(?:\(0\)[ \-]?)?)[1-35789](?:[ \-.\u00a0)(]{0,2}\d){8,9}(?![\d/]|[\-.:]\d)"
)
# The part before the @ has at most 64 signs; without an end to it a text of one long word would take minutes.
_EMAIL: Final = re.compile(r"[A-Z0-9][A-Z0-9._%+'\-]{0,63}@(?:[A-Z0-9\-]+\.)+[A-Z]{2,}", re.IGNORECASE)
_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE: Final = re.compile(
    rf"(?<![\d/])(?:{_DAY}(?P<s>[/.\- ])(?:0?[1-9]|1[0-2])(?P=s)(?:\d{{4}}|\d\d)"
    rf"|\d{{4}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rf"|{_DAY}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS}),? (?:\d{{4}}|\d\d)"
    rf"|(?:{_MONTHS}) {_DAY}(?:st|nd|rd|th)?,? \d{{4}})(?![\d/])",
    re.IGNORECASE,
)
# Words that say whose date follows, within a few words of it and in the same sentence.
_BIRTH: Final = re.compile(
    r"\b(?:d\.? ?o\.? ?b\b\.?|dates? of birth|birth ?(?:date|day)|born(?: on)?|was born)[^\n;?!]{0,24}\Z", re.IGNORECASE
)
_BIRTH_AFTER: Final = re.compile(
    r"\A[)\] ,]{0,3}(?:\(?d\.?o\.?b\b|\(?date of birth|(?:is|was) (?:her|his|their) (?:birthday|date of birth))",
    re.IGNORECASE,
)


def find(text: str, *, names: "Names | None" = None) -> tuple[Found, ...]:
    """Every place that looks like an identifier, in the order of the text, none inside another."""
    found = [Found(*span, kind) for kind, look in _LOOKS for span in look(text)]
    if names is not None:
        found += [Found(*span, Kind.STAFF_NAME) for span in names.spans(text)]
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last is the check digit: eleven less the weighted sum modulo eleven, ten being none."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == int(digits[9]) and check != 10


def is_upn(text: str) -> bool:
    """A letter that checks the twelve signs after it, of which the last is a letter in a temporary number."""
    signs = text.replace(" ", "").upper()
    worth = [int(sign) if sign.isdigit() else _UPN_LETTERS.index(sign) for sign in signs[1:]]
    return _UPN_LETTERS[sum(place * value for place, value in enumerate(worth, 2)) % 23] == signs[0]


def _nhs_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NHS.finditer(text):
        if is_nhs_number(_digits(match[0])):
            yield match.span()
    for match in _NHS_SAID.finditer(text):
        if is_nhs_number(_digits(match[1])):
            yield match.span(1)


def _upns(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _UPN.finditer(text) if is_upn(match[0]))


def _postcodes(text: str) -> Iterator[tuple[int, int]]:
    for match in _POSTCODE.finditer(text):
        area, _, gap, inward = match.groups()
        # 'S47 2nd strategy meeting' is no postcode; nor is one half in capitals and half not, with a gap between.
        mixed = gap and area.isupper() is not inward[1:].isupper()
        if area.upper() in _AREAS and not (mixed or _ORDINAL.fullmatch(inward)):
            yield match.span()


def _telephones(text: str) -> Iterator[tuple[int, int]]:
    without_dates = _DATE.sub(lambda match: "#" * len(match[0]), text)
    return (match.span() for match in _TELEPHONE.finditer(without_dates))


def _birth_dates(text: str) -> Iterator[tuple[int, int]]:
    for match in _DATE.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        if _BIRTH.search(before) or _BIRTH_AFTER.match(text[match.end() : match.end() + 30]):
            yield match.span()


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (match.span() for match in pattern.finditer(text))


_LOOKS: Final[tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...]] = (
    (Kind.EMAIL, _matches(_EMAIL)),
    (Kind.NHS_NUMBER, _nhs_numbers),
    (Kind.UPN, _upns),
    (Kind.NATIONAL_INSURANCE, _matches(_NINO)),
    (Kind.POSTCODE, _postcodes),
    (Kind.TELEPHONE, _telephones),
    (Kind.BIRTH_DATE, _birth_dates),
)


class Names:
    """Names to look for: whole ones, and each part of one that is not a word of everyday writing as well."""

    def __init__(self, names: Collection[str]) -> None:
        whole = {" ".join(name.split()).casefold() for name in names}
        self._whole = frozenset(name for name in whole if " " in name)
        parts = {part for name in whole for part in re.split(r"[ \-]", name)}
        self._parts = frozenset(part for part in parts if len(part) > 2 and part not in _EVERYDAY)
        self._longest = max((name.count(" ") + 1 for name in self._whole), default=1)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a name stands: only words with a capital are looked at, so a lower-case 'may' or 'grace' is none."""
        words = [match for match in _WORD.finditer(text) if match[0][0].isupper()]
        reached = 0
        for place, word in enumerate(words):
            if word.start() < reached:
                continue
            span = self._whole_name(text, words[place : place + self._longest]) or self._part(word)
            if span:
                reached = span[1]
                yield span

    def _whole_name(self, text: str, words: list[re.Match[str]]) -> tuple[int, int] | None:
        for last in range(len(words), 1, -1):
            start, end = words[0].start(), words[last - 1].end()
            said = re.sub(r",?\s+", " ", text[start:end]).casefold()
            turned = " ".join(reversed(said.split(" ", 1)))
            if said in self._whole or turned in self._whole:
                return start, end
        return None

    def _part(self, word: re.Match[str]) -> tuple[int, int] | None:
        said = re.sub(r"[’']s?\Z", "", word[0])
        return (word.start(), word.start() + len(said)) if said.casefold() in self._parts else None


_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*")
# Names that are words too, and words of the field that a staff list may hold as somebody's name.
_WORDS_TOO: Final = (
    "and april august baker bell bird bishop black brown butler care carter chance child church clay cole constant "
    "cook cooper court dale day dean drew earl early faith field fields fisher for ford foster frank freeman friend "
    "garden gardener good grace grant gray green grove hall hand hart head heath hill holly home hope house hunt "
    "hunter ivy june justice key king knight lake lane law little long lord love major manager march mark marsh "
    "mason may miles mill miller moon moore more noble north not officer page parish park parker parks pat patience "
    "pearl penny poole pope porter power price prior race rich rivers rose royal ruby sage self service sharp "
    "shepherd short sky small smart south stone story strange strong summer swift team terry the turner violet "
    "visitor wade walker ward waters way week west white will winter wise wood woods worker young"
)
_EVERYDAY: Final = frozenset(_WORDS_TOO.split())
