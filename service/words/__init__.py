"""What Kring says, in Dutch, French, English and German: `say(language, key, **params)`."""

from service.words.catalogue import LANGUAGES, UnknownWordsError, catalogue, known_language, say

__all__ = ["LANGUAGES", "UnknownWordsError", "catalogue", "known_language", "say"]
