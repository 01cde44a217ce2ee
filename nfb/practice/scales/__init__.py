"""Questionnaires: exact wording where it is free, exact scoring, and what follows from an answer about danger."""
