"""What looks like somebody in free text: a planted corpus is found, a clean one is left alone, names are measured."""

import random
import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.identifiers import Kind, Names, find, is_nhs_number, is_upn
from qa_app.reports.dates import MONTHS

CLEAN = (Path(__file__).parents[1] / "data" / "professional_text.txt").read_text().splitlines()
DOCS = Path(__file__).parents[2] / "docs" / "decisions" / "free-text-is-checked.md"
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
EACH = 80
AREAS = (
    "SS",
    "CM",
    "RM",
    "E",
    "N",
    "SE",
    "SW",
    "B",
    "M",
    "LS",
    "L",
    "G",
    "CF",
    "BS",
    "NE",
    "HU",
    "DN",
    "S",
    "EH",
    "PO",
)
CARRIERS = (
    "{}", "The record gives {}.", "See {}, which was on the referral", "({})", "It says: {}; ask the school.",
    "Mother’s is {} and nobody checked", "“{}”", "Found on the file\n{}\nwith the letter", "{}?", "Number {}.",
)  # fmt: skip
STAFF = [f"{first} {last}" for first in ("Amara", "Bartholomew", "Siobhán", "Grace", "Will", "Jean-Luc") for last in
         ("Okonkwo", "Quillfeather", "O’Rourke", "Brown", "Young", "Nowakowska", "Day", "Smith-Jones")]  # fmt: skip


def nhs(rng: random.Random) -> str:
    while True:
        nine = "".join(rng.choices(string.digits, k=9))
        check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10 and len(set(nine)) > 1:
            break
    n = nine + str(check % 11)
    shapes = (n, f"{n[:3]} {n[3:6]} {n[6:]}", f"{n[:3]}-{n[3:6]}-{n[6:]}", f"{n[:3]}\u00a0{n[3:6]}\u00a0{n[6:]}",
              f"NHS number: {n[:5]} {n[5:]}", f"NHS no. {' '.join(n)}", f"NHS {n[:4]} {n[4:7]} {n[7:]}")  # fmt: skip
    return rng.choice(shapes)


def upn(rng: random.Random) -> str:
    rest = "".join(rng.choices(string.digits, k=11)) + rng.choice(string.digits + UPN_LETTERS)
    worth = [int(sign) if sign.isdigit() else UPN_LETTERS.index(sign) for sign in rest]
    whole = UPN_LETTERS[sum(place * value for place, value in enumerate(worth, 2)) % 23] + rest
    return rng.choice((whole, whole.lower(), f"UPN {whole}", f"{whole[0]} {whole[1:4]} {whole[4:8]} {whole[8:]}"))


def nino(rng: random.Random) -> str:
    prefix = rng.choice(("AB", "JG", "CE", "SH", "PW", "NR", "TX", "YA"))
    n = "".join(rng.choices(string.digits, k=6))
    last = rng.choice("ABCD")
    shapes = (
        f"{prefix}{n}{last}", f"{prefix} {n[:2]} {n[2:4]} {n[4:]} {last}", f"{prefix}{n} {last}",
        f"{prefix}-{n[:2]}-{n[2:4]}-{n[4:]}-{last}", f"{prefix}{n}{last}".lower(), f"{prefix} {n} {last}",
    )  # fmt: skip
    return rng.choice(shapes)


def postcode(rng: random.Random) -> str:
    out = rng.choice(AREAS) + rng.choice(("1", "9", "12", "40", "0"))
    inward = rng.choice(string.digits) + "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    shapes = (
        f"{out} {inward}",
        f"{out}{inward}",
        f"{out} {inward}".lower(),
        "SW1A 1AA",
        "EC1A 1BB",
        f"{out}\u00a0{inward}",
    )
    return rng.choice(shapes)


def telephone(rng: random.Random) -> str:
    n = "".join(rng.choices(string.digits, k=10))
    m, g = "7" + n[1:], "1702" + n[4:]
    shapes = (
        f"0{m}", f"0{m[:4]} {m[4:]}", f"0{m[:4]} {m[4:7]} {m[7:]}", f"+44 {m[:4]} {m[4:]}", f"+44{m}",
        f"0{g[:4]} {g[4:]}", f"(0{g[:4]}) {g[4:]}", f"020 7{n[1:4]} {n[4:8]}", f"+44 (0)20 7{n[1:4]} {n[4:8]}",
        f"0{m[:4]}-{m[4:7]}-{m[7:]}", f"0{m[:4]}.{m[4:7]}.{m[7:]}", f"0044 {m}", f"0113 2{n[1:3]} {n[3:7]}",
        f"0{m[:2]} {m[2:6]} {m[6:]}",
    )  # fmt: skip
    return rng.choice(shapes)


def email(rng: random.Random) -> str:
    who = rng.choice(("a.parent", "mum_99", "J.O'Neil", "kid+school", "x"))
    return f"{who}@{rng.choice(('mail.example', 'school.sch.uk', 'some-council.gov.uk', 'a.b.example.com'))}"


def birth_date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2006, 2026)
    name = MONTHS[month - 1]
    dates = (
        f"{day:02}/{month:02}/{year}", f"{day}/{month}/{year % 100:02}", f"{day}.{month}.{year}",
        f"{day} {name} {year}", f"{day}-{month:02}-{year}", f"{year}-{month:02}-{day:02}",
        f"{day}th {name[:3]} {year}", f"{name} {day}, {year}",
    )  # fmt: skip
    words = ("DOB {}", "DOB: {}", "d.o.b. {}", "born on {}", "born {}", "date of birth is {}", "Date of birth: {}",
             "who was born at home on {}", "{} (DOB)", "birthday on {}", "{} is his date of birth")  # fmt: skip
    return rng.choice(words).format(rng.choice(dates))


MAKERS = {
    Kind.NHS_NUMBER: nhs, Kind.UPN: upn, Kind.NATIONAL_INSURANCE: nino, Kind.POSTCODE: postcode,
    Kind.TELEPHONE: telephone, Kind.EMAIL: email, Kind.BIRTH_DATE: birth_date,
}  # fmt: skip


def planted(kind: Kind) -> list[str]:
    rng = random.Random(f"planted {kind}")  # noqa: S311
    return [rng.choice(CARRIERS).format(MAKERS[kind](rng)) for _ in range(EACH)]


@pytest.mark.parametrize("kind", MAKERS)
def test_of_each_kind_at_least_19_in_20_are_found_as_what_they_are(kind: Kind) -> None:
    texts = planted(kind)
    missed = [text for text in texts if kind not in {one.kind for one in find(text)}]
    assert len(missed) <= EACH * 5 // 100, missed


def test_of_all_that_is_planted_at_least_95_percent_are_found() -> None:
    texts = [text for kind in MAKERS for text in planted(kind)]
    assert len(texts) >= 500
    assert sum(bool(find(text)) for text in texts) / len(texts) >= 0.95


def test_at_most_2_percent_of_clean_professional_text_is_pointed_at() -> None:
    assert len(CLEAN) >= 300
    assert len(set(CLEAN)) == len(CLEAN)
    names = Names(STAFF)
    pointed = [(line, find(line, names=names)) for line in CLEAN if find(line, names=names)]
    assert len(pointed) / len(CLEAN) <= 0.02, pointed


def test_how_many_names_are_found_is_measured_and_written_down_not_promised() -> None:
    rng = random.Random("names")  # noqa: S311
    shapes = (
        "{first} {last}",
        "{last}, {first}",
        "Ms {last}",
        "{last}’s",
        "{first}",
        "{FIRST} {LAST}",
        "{first}  {last}",
    )
    texts = []
    for name in STAFF:
        first, last = name.split(" ")
        said = rng.choice(shapes).format(first=first, last=last, FIRST=first.upper(), LAST=last.upper())
        texts.append(f"It was {said} who visited.")
    names = Names(STAFF)
    found = sum(bool(find(text, names=names)) for text in texts)
    assert f"{found} of {len(texts)}" in DOCS.read_text()


@pytest.mark.parametrize(
    "text",
    ["Section s47 2nd strategy", "QA-2026-11-007", "on 03/04/2026 at 14:30", "0800 1111", "15 to 20 days",
     "pages 12-14", "1234567890", "B123456789012", "his birthday was marked", "may and grace and will", "£1,240.50",
     "2026-11-24T10:00"],
)  # fmt: skip
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert find(text, names=Names(STAFF)) == ()


@pytest.mark.parametrize("long", ["x", "9", "x.", "a-"])
def test_a_long_word_hides_no_address_and_is_read_once(long: str) -> None:
    """Read again from every letter of it, a text of this length would take hours."""
    (found,) = find(f"{long * 200_000}@home.example")
    assert found.kind is Kind.EMAIL
    assert found.end == len(long) * 200_000 + len("@home.example")


def test_a_check_digit_is_checked() -> None:
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765918")
    assert is_upn("B801200005001")
    assert not is_upn("A801200005001")


def test_staff_names_are_soft_and_the_rest_is_not() -> None:
    assert [kind for kind in Kind if kind.is_soft] == [Kind.STAFF_NAME]


def test_a_name_that_is_a_word_counts_only_as_a_whole_name() -> None:
    names = Names(["Grace Young"])
    assert find("Grace was said before the meal. Young people spoke.", names=names) == ()
    assert [one.kind for one in find("It was Grace Young who rang.", names=names)] == [Kind.STAFF_NAME]


SPLIT = st.text(alphabet=string.ascii_letters + string.digits + " .,-/@()+\n’é\u00a0", max_size=300)


@given(SPLIT)
def test_whatever_the_text_places_lie_in_it_in_order_and_never_overlap(text: str) -> None:
    reached = 0
    for start, end, _ in find(text, names=Names(STAFF)):
        assert reached <= start < end <= len(text)
        reached = end


@given(SPLIT, st.integers(0, 10**9), st.sampled_from(sorted(MAKERS)))
def test_an_identifier_on_a_line_of_its_own_is_found_whatever_stands_around_it(
    text: str, seed: int, kind: Kind
) -> None:
    said = MAKERS[kind](random.Random(seed))  # noqa: S311
    alone = Counter(one.kind for one in find(said))
    around = Counter(one.kind for one in find(f"{text}\n\n{said}\n\n{text}"))
    assert all(around[each] >= count for each, count in alone.items())
