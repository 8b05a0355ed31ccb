"""The kinds of question: what each reads, stores and says."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from audit_forms.actions import FOR_WHOM, PRIORITIES, Action
from audit_forms.definition import Choice, Question, Value
from audit_forms.grades import Grade, NotGraded
from audit_forms.questions import KINDS, Kind, Unreadable, kind_of
from audit_forms.text import clean, clean_line

COLOURS = (Choice("red", "Red"), Choice("green", "Green"), Choice("blue", "Blue"))


def question(kind: str, **more: Any) -> Question:
    choices = COLOURS if KINDS[kind].takes_choices else ()
    allow = tuple(NotGraded) if kind == "grade" else ()
    more = {"most": 10} | more if kind == "scale" else more
    return Question(key="asked", kind=kind, label="What do you see?", choices=choices, allow=allow, **more)


def asked(kind: Kind, posted: MultiDict[str, Any] | None = None, **data: Any) -> Any:
    form = type("OneQuestion", (Form,), {"asked": kind.field()})(posted, data=data)
    form.validate()
    return form.asked


plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=50)
long_texts = plain_text.map(clean).filter(bool)
lines = plain_text.map(clean_line).filter(bool)
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))
some_actions = st.builds(
    Action,
    what=plain_text.map(clean),
    whom=st.sampled_from(["", *FOR_WHOM]),
    owner=plain_text.map(clean_line),
    due=st.none() | days,
    priority=st.sampled_from(["", *PRIORITIES]),
    theme=st.sampled_from(["", *(colour.code for colour in COLOURS)]),
    evidence=plain_text.map(clean),
).filter(lambda action: not action.is_blank)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "grade": st.sampled_from([*Grade, *NotGraded]),
    "yes_no": st.sampled_from(["yes", "no"]),
    "yes_partly_no": st.sampled_from(["yes", "partly", "no", "not_applicable"]),
    "text": long_texts,
    "line": lines,
    "choice": st.sampled_from([colour.code for colour in COLOURS]),
    "choices": st.sets(st.sampled_from([colour.code for colour in COLOURS]), min_size=1).map(
        lambda codes: tuple(colour.code for colour in COLOURS if colour.code in codes)
    ),
    "date": days,
    "month": days.map(lambda day: day.replace(day=1)),
    "number": st.integers(0, 9_999),
    "rating": st.sampled_from([colour.code for colour in COLOURS]),
    "scale": st.integers(0, 10),
    "person": st.from_regex(r"[A-Z]{0,3}[0-9]{1,8}", fullmatch=True),
    "actions": st.lists(some_actions, min_size=1, max_size=3).map(tuple),
}


def typed(value: Value, name: str = "asked") -> MultiDict[str, Any]:
    """What a browser sends for this answer."""
    if isinstance(value, datetime.date):
        return MultiDict({f"{name}-day": value.day, f"{name}-month": value.month, f"{name}-year": value.year}.items())
    if isinstance(value, tuple) and isinstance(value[0], Action):
        sent = MultiDict[str, Any]()
        for row, action in enumerate(value):
            assert isinstance(action, Action)
            for part in ("what", "whom", "owner", "priority", "theme", "evidence"):
                sent.add(f"{name}-{row}-{part}", getattr(action, part))
            if action.due:
                sent.update(typed(action.due, f"{name}-{row}-due"))
        return sent
    return MultiDict([(name, each) for each in value] if isinstance(value, tuple) else [(name, value)])


def as_sent(posted: MultiDict[str, Any]) -> MultiDict[str, Any]:
    return MultiDict([(key, str(value)) for key, value in posted.items(multi=True)])


def test_every_kind_has_values_to_be_tried_with() -> None:
    assert set(VALUES) == set(KINDS)


@given(st.sampled_from(sorted(VALUES)), st.data())
def test_an_answer_comes_back_from_the_browser_and_from_json_as_it_was(kind: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    one = kind_of(question(kind))
    field = asked(one, as_sent(typed(value)))
    assert not any(field.errors)
    assert field.data == value
    assert one.restored(json.loads(json.dumps(one.stored(value)))) == value
    assert asked(one, None, asked=value).data == value
    assert one.display(value)


@given(st.sampled_from(sorted(KINDS)), st.text(st.characters(codec=None), max_size=30))
def test_no_text_breaks_a_field_and_what_was_typed_can_be_shown_again(kind: str, text: str) -> None:
    names = ["asked", "asked-day", "asked-month", "asked-year", "asked-0-what", "asked-0-due-day", f"asked-{text}-what"]
    for name in names:
        field = asked(kind_of(question(kind)), MultiDict([(name, text)]))
        assert str(field()).encode(), "it is shown, and as something a browser can be sent"
        if field.data is not None and not any(field.errors):
            kind_of(question(kind)).stored(field.data)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"choices", "actions"}))
def test_an_answer_sent_twice_is_refused(kind: str) -> None:
    field = asked(kind_of(question(kind)), MultiDict([("asked", "yes"), ("asked", "no")]))
    assert "answered twice" in field.errors[0]
    assert field.data is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_file_in_place_of_an_answer_is_refused_not_fallen_over(kind: str) -> None:
    field = asked(kind_of(question(kind)), MultiDict([("asked", b"a file"), ("asked-0-what", b"a file")]))
    assert any(field.errors)
    assert field.data is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_blank_is_no_answer_and_no_error(kind: str) -> None:
    blank = asked(kind_of(question(kind)), MultiDict([("asked", ""), ("asked-day", " "), ("asked-0-what", "")]))
    assert not any(blank.errors)
    assert blank.data is None
    assert not kind_of(question(kind)).display(None)


@pytest.mark.parametrize("kind", ["grade", "yes_no", "yes_partly_no", "choice", "choices"])
def test_an_answer_that_is_not_offered_is_refused(kind: str) -> None:
    field = asked(kind_of(question(kind)), MultiDict([("asked", "purple")]))
    assert "answers listed" in field.errors[0]


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence", "wrong"),
    [
        ("31", "2", "2026", "real date", ("day", "month", "year")),
        ("40", "2", "2026", "real date", ("day",)),
        ("4", "", "2026", "Add the month", ("month",)),
        ("4", "", "", "Add the month and the year", ("month", "year")),
        ("4", "5", "26", "real date", ("year",)),
        ("4", "5", "99999999999999999999", "real date", ("year",)),
        ("x", "5", "2026", "real date", ("day",)),
    ],
)
def test_a_date_that_is_none_is_refused_at_the_box_at_fault_and_stays_typed(
    day: str, month: str, year: str, sentence: str, wrong: tuple[str, ...]
) -> None:
    field = asked(kind_of(question("date")), MultiDict({"asked-day": day, "asked-month": month, "asked-year": year}))
    assert sentence in field.errors[0]
    assert field.wrong_parts == wrong
    assert field.typed_parts == {"day": day, "month": month, "year": year}


def test_a_month_may_be_named_and_a_date_may_come_whole() -> None:
    named = asked(kind_of(question("date")), MultiDict({"asked-day": "7", "asked-month": "Sept", "asked-year": "2026"}))
    assert named.errors
    full = asked(kind_of(question("date")), MultiDict({"asked-day": "7", "asked-month": "Sep", "asked-year": "2026"}))
    assert full.data == datetime.date(2026, 9, 7)
    assert asked(kind_of(question("date")), MultiDict({"asked": "2026-09-07"})).data == datetime.date(2026, 9, 7)
    assert asked(kind_of(question("month")), MultiDict({"asked": "2026-09"})).data == datetime.date(2026, 9, 1)


@pytest.mark.parametrize("typed_number", ["-1", "1.5", "51", "٣", "9" * 5_000, "five", "1e3"])
def test_a_number_outside_its_bounds_is_refused_and_stays_typed(typed_number: str) -> None:
    field = asked(kind_of(question("number", most=50)), MultiDict({"asked": typed_number}))
    assert field.errors == ["Enter a whole number from 0 to 50."]
    assert field._value() == typed_number


def test_a_text_over_its_words_is_kept_in_a_draft_and_said_to_be_unfinished() -> None:
    one = kind_of(question("text", words=3))
    assert asked(one, MultiDict({"asked": "one two three four"})).data == "one two three four"
    assert one.unfinished("one two three four") == "Shorten this to 3 words or fewer. It has 4."
    assert one.unfinished("one two three") is None


def test_a_list_of_actions_passes_over_blank_rows_and_refuses_too_many() -> None:
    posted = MultiDict({"asked-0-what": " ", "asked-3-what": "Hold the meeting", "asked-7-owner": ""})
    assert asked(kind_of(question("actions")), posted).data == (Action(what="Hold the meeting"),)
    many = asked(kind_of(question("actions")), MultiDict({f"asked-{row}-what": "x" for row in range(30)}))
    assert "Keep this list to 20 actions" in many.errors[-1]


def test_a_row_can_be_added_until_the_list_is_full() -> None:
    field = asked(kind_of(question("actions")))
    for _ in range(30):
        field.add_row()
    assert len(field.entries) == 20


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("grade", "splendid"),
        ("yes_no", "partly"),
        ("choice", 3),
        ("choices", ["purple"]),
        ("choices", "red"),
        ("date", "2026-02-31"),
        ("month", "2026"),
        ("number", True),
        ("number", "7"),
        ("text", ["a"]),
        ("actions", ["a"]),
        ("actions", [{"colour": "red"}]),
        ("actions", [{"what": 3}]),
    ],
)
def test_what_cannot_have_been_stored_is_not_read(kind: str, stored: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        kind_of(question(kind)).restored(stored)
    assert issubclass(Unreadable, ValueError)


def test_answers_read_as_words() -> None:
    action = Action(
        "Hold the meeting", "child", "Team manager", datetime.date(2026, 3, 7), "immediate", "red", "Minutes"
    )
    assert kind_of(question("grade")).display(Grade.REQUIRES_IMPROVEMENT) == "Requires improvement to be good"
    assert kind_of(question("choices")).display(("red", "blue")) == "Red; Blue"
    assert kind_of(question("date")).display(datetime.date(2026, 3, 7)) == "7 March 2026"
    assert kind_of(question("month")).display(datetime.date(2026, 3, 1)) == "March 2026"
    assert kind_of(question("number")).display(1200) == "1,200"
    assert (
        kind_of(question("actions")).display((action,))
        == "Hold the meeting; The child; Team manager; by 7 March 2026; Immediately; Red; Minutes"
    )
