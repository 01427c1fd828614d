"""The figures in a story's words, and where they disagree with each other or with what others say."""

from articles.figures.disagreements import Disagreement, Passage, Said, disagreements
from articles.figures.reading import Figure, figures_of

__all__ = ["Disagreement", "Figure", "Passage", "Said", "disagreements", "figures_of"]
