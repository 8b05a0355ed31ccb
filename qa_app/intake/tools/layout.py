"""The layout of a tool's workbook: its sheets, their columns and the types of question, each in words.

It is close to XLSForm, the layout of Kobo and ODK. This table is what is understood; the instructions in the template
and the tables of docs/tools.md are printed from it.
"""

from typing import Final, NamedTuple

SURVEY: Final = "survey"
CHOICES: Final = "choices"
SETTINGS: Final = "settings"
INSTRUCTIONS: Final = "instructions"


class Column(NamedTuple):
    """A column: its heading, what to write under it, and whether XLSForm has it."""

    name: str
    means: str
    longest: int = 1_000
    own: bool = False


class Type(NamedTuple):
    """A type of question: what is written under `type`, the kind of question it makes, and what it asks for."""

    name: str
    kind: str
    means: str
    takes_list: bool = False
    own: bool = False


BEGIN: Final = "begin_group"
END: Final = "end_group"

TYPES: Final = (
    Type("text", "text", "A text of several lines. Limit it under words or characters."),
    Type("line", "line", "One line of text.", own=True),
    Type("yes_no", "yes_no", "Yes or no.", own=True),
    Type("yes_partly_no", "yes_partly_no", "Yes, partly, no or does not apply.", own=True),
    Type("select_one", "choice", "One answer of a list: select_one plan_types.", takes_list=True),
    Type("select_multiple", "choices", "Any answers of a list: select_multiple themes.", takes_list=True),
    Type("rating", "rating", "One step of a scale of your own, from a list: rating depth.", takes_list=True, own=True),
    Type("grade", "grade", "One of the four grades. It makes its section a graded part of practice.", own=True),
    Type("scale", "scale", "A whole number chosen on a scale. Say from where to where under constraint.", own=True),
    Type("integer", "number", "A whole number. Give the least and the most under constraint."),
    Type("date", "date", "A day. With month-year under appearance: a month."),
    Type("person", "person", "A member of staff, by staff number.", own=True),
    Type(
        "actions", "actions", "Actions with owner and date. Their themes are a list: actions themes.", takes_list=True,
        own=True,
    ),
)  # fmt: skip

# What XLSForm knows and an audit does not: said to whoever writes it, with what to do instead.
ELSEWHERE: Final = {
    "note": "write it under hint in the row of the section or of a question",
    "decimal": "use integer, or text",
    "range": "use scale",
    "rank": "use select_multiple",
    "acknowledge": "use yes_no",
    "time": "use line",
    "datetime": "use date",
    "calculate": "nothing is calculated in an audit: take the row away",
    "hidden": "nothing is hidden in an audit: take the row away",
    "start": "when an audit is begun is recorded anyway: take the row away",
    "end": "when an audit is submitted is recorded anyway: take the row away",
    "today": "the day is recorded anyway: take the row away",
    "username": "who audits is recorded anyway: take the row away",
    "deviceid": "devices are not recorded: take the row away",
    "audit": "who opened what is logged anyway: take the row away",
    "begin_repeat": "nothing repeats but actions: write the questions out, or use actions",
    "end_repeat": "nothing repeats but actions: write the questions out, or use actions",
    **dict.fromkeys(
        ("geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode"),
        "an audit holds no pictures, sound, files or places: take the row away",
    ),
}

GRADES: Final = ("outstanding", "good", "requires_improvement", "inadequate")

SURVEY_COLUMNS: Final = (
    Column("type", "What is asked: see the types. begin_group opens a section, end_group closes it.", 100),
    Column("name", "A short name that is in no other row: small letters, digits and underscores.", 100),
    Column("label", "The question, or the title of the section, as auditors read it.", 300),
    Column("hint", "Help below the question, or at the top of the section.", 1_000),
    Column(
        "required",
        "yes, if the question must be answered. Or when it must be: ${overall} != 'outstanding' means unless the "
        "answer to overall is outstanding.",
        500,
    ),
    Column("required_message", "What is said when it must be answered and is not.", 300),
    Column(
        "relevant",
        "When the question is shown: ${seen} = 'no', or selected(${themes}, 'neglect'), or several of these about one "
        "question joined by or. With yes under required it must be answered then.",
        500,
    ),
    Column("constraint", "The least and the most of a number: . >= 0 and . <= 10", 200),
    Column("appearance", "month-year makes a date a month. Nothing else is needed here.", 50),
    Column("words", "The most words a text may have.", 10, own=True),
    Column("characters", "The most characters a text may have.", 10, own=True),
    Column("low_end", "What the lowest number of a scale means.", 200, own=True),
    Column("high_end", "What the highest number of a scale means.", 200, own=True),
    *(Column(grade, f"What the grade ‘{grade.replace('_', ' ')}’ means here.", 600, own=True) for grade in GRADES),
    Column("allow", "Ways of not grading: not_applicable, not_enough_evidence, or both with a space.", 100, own=True),
    Column("limiting", "yes, if an inadequate grade here makes the overall grade inadequate.", 10, own=True),
    Column("measure", "The measure of the plan that the answer feeds.", 60, own=True),
    Column("demographic", "yes, if it is asked only where the council asks who children are.", 10, own=True),
    Column("restricted", "yes, in the row of a section: its answers are for the line manager alone.", 10, own=True),
)

CHOICES_COLUMNS: Final = (
    Column("list_name", "The name of the list, the same in every row of it.", 100),
    Column("name", "A short name of the answer: small letters, digits and underscores.", 100),
    Column("label", "The answer as auditors read it.", 300),
    Column("hint", "What the answer means, in a sentence.", 600, own=True),
    Column("face", "A face beside the answer: smile, straight or frown.", 20, own=True),
)

SETTINGS_COLUMNS: Final = (
    Column("form_title", "What the tool is called on screen.", 200),
    Column("form_id", "A short name that stays the same in every version: small letters, digits and underscores.", 100),
    Column("version", "A whole number: 1 for the first version, and one more for each version after it.", 20),
    Column("purpose", "In a sentence, what the tool is for.", 500, own=True),
    Column("intro", "What an auditor should know before beginning.", 2_000, own=True),
    Column("about", "child, or staff if the audit is about a member of staff. Usually child.", 20, own=True),
    Column("cases", "started: auditors begin an audit when they need one. Nothing else is possible yet.", 20, own=True),
    Column("minutes", "How long it takes.", 10, own=True),
    Column("independence", "Who may not do the audit: independent, not_worker, not_line, not_subject or "
           "not_supervisor.", 40, own=True),
    Column("children", "How many children’s records an audit about a member of staff is made from.", 10, own=True),
)  # fmt: skip

COLUMNS: Final = {SURVEY: SURVEY_COLUMNS, CHOICES: CHOICES_COLUMNS, SETTINGS: SETTINGS_COLUMNS}

# Headings that mean the same.
SPELLINGS: Final = {
    "relevance": "relevant",
    "list name": "list_name",
    "required message": "required_message",
    "caption": "label",
    "value": "name",
    "form title": "form_title",
    "form id": "form_id",
    "id_string": "form_id",
}

# Columns XLSForm has: with nothing under them they do no harm, with something they are a fault.
UNREAD: Final = {
    SURVEY: (
        "constraint_message", "constraint message", "default", "calculation", "calculate", "choice_filter", "read_only",
        "readonly", "repeat_count", "parameters", "trigger", "guidance_hint", "image", "audio", "video", "big-image",
        "media::image", "media::audio", "media::video", "autoplay", "body::accuracythreshold", "save_to",
    ),
    CHOICES: (
        "image", "audio", "video", "big-image", "media::image", "media::audio", "media::video", "filter", "order",
    ),
    SETTINGS: (
        "default_language", "style", "instance_name", "public_key", "submission_url", "auto_send", "auto_delete",
        "allow_choice_duplicates", "namespaces",
    ),
}  # fmt: skip


def type_of_kind(kind: str) -> Type:
    """The type that makes questions of this kind; KeyError if the layout has none."""
    for each in TYPES:
        if each.kind == kind:
            return each
    raise KeyError(kind)
