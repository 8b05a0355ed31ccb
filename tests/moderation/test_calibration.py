"""A calibration exercise: the spread of files and people, and no coefficient from a few files."""

from fractions import Fraction

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.calibration import GradedFile, exercise
from moderation.statistics.share import Share

O, G, R, I = BEST_FIRST  # noqa: E741 - the grades' own letters


def test_the_spread_of_a_file_and_of_people() -> None:
    made = exercise(
        [
            GradedFile("first", {"Ann": G, "Ben": G, "Cas": R, "Dee": I}, reference=G),
            GradedFile("second", {"Ann": O, "Ben": G}),
            GradedFile("third", {}),
        ]
    )
    first, second, third = made.files
    assert first.counts == (0, 2, 1, 1)
    assert (first.matching, first.within_one, first.widest) == (Share(2, 4), Share(3, 4), 2)
    assert first.pairwise == Share(1, 6)
    assert (second.matching, second.pairwise) == (None, Share(0, 1))
    assert (third.widest, third.pairwise) == (None, Share(0, 0))
    assert made.pairwise == Share(1, 7)
    by_name = {person.name: person for person in made.people}
    assert (by_name["Dee"].higher, by_name["Dee"].distance) == (Fraction(-2), Fraction(2))
    assert by_name["Ann"].matching == Share(1, 1)


def test_coefficients_come_from_ten_files() -> None:
    grades = {"Ann": G, "Ben": G}
    few = exercise([GradedFile(str(place), grades) for place in range(9)])
    assert few.alpha.value is None
    assert few.alpha.reason == "Shown from 10 files that two or more people graded; there are 9."
    many = exercise(
        [GradedFile(str(place), {"Ann": BEST_FIRST[place % 4], "Ben": BEST_FIRST[place % 4]}) for place in range(10)]
    )
    assert many.alpha.value == many.ac1.value == 1


def test_who_has_no_file_with_a_reference_has_no_distance() -> None:
    person = exercise([GradedFile("one", {"Ann": Grade.GOOD})]).people[0]
    assert (person.matching, person.higher, person.distance) == (Share(0, 0), None, None)
