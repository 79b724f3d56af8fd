"""Problems: one module per phase, one class per problem, each with its explanation page."""

from netspec.problems.base import Example, NetspecError, Problem, Problems, all_problems, find_problem

__all__ = ["Example", "NetspecError", "Problem", "Problems", "all_problems", "find_problem"]
