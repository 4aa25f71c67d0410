"""Seconds that an import takes: python -m benchmarks.import_documents [--documents 1152]

The documents are invented, with the sizes of a survey: 4,557 pairs and 8,472 rows. Prints one line of JSON.
"""

import argparse
import json
import time

from accord.dataflow import project_from_documents, read_document
from accord.testing.documents import Seeded, survey, written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1152)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    share = asked.documents / 1152
    told = survey(
        Seeded(asked.seed), documents=asked.documents, pairs=int(4557 * share), rows=int(8472 * share)
    )
    texts = [written(document).text for document in told]
    began = time.perf_counter()
    documents = [read_document(text, f"{number}.rst") for number, text in enumerate(texts)]
    read_s = time.perf_counter() - began
    report = project_from_documents(documents).report
    whole_s = time.perf_counter() - began
    figures = {
        "files": report.files,
        "systems": report.systems,
        "pairs": report.pairs,
        "rows": report.properties,
    }
    print(json.dumps({**figures, "read_s": round(read_s, 2), "whole_s": round(whole_s, 2)}))


if __name__ == "__main__":
    main()
