"""Plain TF-IDF of characters and a linear support vector machine from scikit-learn, to stand beside our figures."""

from collections.abc import Sequence

from classifier.training.figures import Ranked


class BaselineMissing(RuntimeError):
    """scikit-learn is not installed: ``uv pip install scikit-learn``."""


def baseline(train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]]) -> list[tuple[str, Ranked]]:
    """Fit on raw (text, label) pairs, 1- to 3-grams, and rank the labels of the test pairs by margin."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-not-found,unused-ignore]
        from sklearn.svm import LinearSVC  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise BaselineMissing(BaselineMissing.__doc__) from None
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    machine = LinearSVC()
    machine.fit(vectorizer.fit_transform([text for text, _ in train]), [label for _, label in train])
    margins = machine.decision_function(vectorizer.transform([text for text, _ in test]))
    result: list[tuple[str, Ranked]] = []
    for (_, truth), row in zip(test, margins, strict=True):
        order = row.argsort()[::-1][:3]
        result.append((truth, tuple((str(machine.classes_[i]), float(row[i])) for i in order)))
    return result
