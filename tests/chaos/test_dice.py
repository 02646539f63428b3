"""What makes a failure repeatable."""
import random


def test_a_seed_rolls_the_same_numbers_again(dice, seed, request):
    name = request.node.name
    rolled = [dice.random() for _ in range(10)]
    again, other = random.Random(f"{seed} {name}"), random.Random(f"{seed + 1} {name}")
    assert rolled == [again.random() for _ in range(10)]
    assert rolled != [other.random() for _ in range(10)]
