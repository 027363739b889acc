"""Holds an output of lapsewatch against what other people's tools make of it.

    hold.py junit SCHEMA FILE      valid by the schema, and what junitparser counts
    hold.py markdown FILE          rendered as GitHub does: the tags, the links and the text of it
"""

import html.parser
import json
import re
import sys

import cmarkgfm
import junitparser
import lxml.etree


def junit(schema, file):
    """Prints what stands in it, as JSON."""
    lxml.etree.XMLSchema(lxml.etree.parse(schema)).assertValid(lxml.etree.parse(file))
    suites = junitparser.JUnitXml.fromfile(file)
    cases = {}
    for suite in suites:
        suite_counts = [suite.tests, suite.failures, suite.errors, suite.skipped]
        for case in suite:
            outcomes = sorted(type(result).__name__.lower() for result in case.result)
            cases.setdefault(f"{case.classname} {case.name}", []).append(outcomes)
    json.dump({"counts": suite_counts, "cases": cases}, sys.stdout)


class Page(html.parser.HTMLParser):
    """The tags, links and texts of a page; what stands in code is told apart."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.prose, self.code, self.open = set(), [], "", "", []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag):]

    def handle_data(self, data):
        if "code" in self.open:
            self.code += data
        else:
            self.prose += data


def markdown(file):
    """Prints what stands in it, as JSON; a mention is what GitHub would tell somebody of."""
    with open(file, encoding="utf-8") as text:
        rendered = cmarkgfm.github_flavored_markdown_to_html(text.read(), cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    page = Page()
    page.feed(rendered)
    mentions = re.findall(r"(?:^|[^\w`])@[\w-]+|(?:^|\s)#\d+", page.prose)
    result = {"tags": sorted(page.tags), "links": page.links, "mentions": mentions, "code": page.code, "rows": rendered.count("<tr>")}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    {"junit": junit, "markdown": markdown}[sys.argv[1]](*sys.argv[2:])
