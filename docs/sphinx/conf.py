"""Sphinx: the pages of docs/ and the docstrings as a site (``make docs``).

Sphinx rather than mkdocs, because the docstrings are in its notation, and MkDocs and its theme
Material are no longer developed. Pages are found by the links of docs/index.md, which names all.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from moto_neptunedata import __version__

ROOT = Path(__file__).parents[2]

project = "moto-neptunedata"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]

myst_heading_anchors = 4
myst_enable_extensions = ["fieldlist"]
# Blocks that are not of a language of Pygments are shown as they are.
highlight_language = "none"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"inherited-members": "object"}
# Long signatures, a parameter a line.
maximum_signature_line_length = 80
add_module_names = False

html_theme = "furo"
html_title = f"moto-neptunedata {release}"
html_copy_source = False
html_show_sourcelink = False
templates_path: list[str] = []

#: The pages that are files outside docs/; in docs/sphinx they are but a line.
OUTSIDE = {
    "sphinx/readme": "README.md",
    "sphinx/changelog": "CHANGELOG.md",
    "sphinx/examples": "examples/README.md",
}

_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")


def read_source(app: Sphinx, page: str, source: list[str]) -> None:
    """Fill in the files outside docs/, lead links to pages, and add the navigation to the index."""
    if page in OUTSIDE:
        source[0] = (ROOT / OUTSIDE[page]).read_text(encoding="utf-8")
    if page.startswith("sphinx/api/"):
        return
    text = with_links(source[0], page)
    source[0] = f"{text}\n{contents(text)}" if page == app.config.root_doc else text


def with_links(text: str, page: str) -> str:
    """A page whose links to files of the repository lead to the pages that these are here, or, for
    files that are none, are mere text.
    """
    folder = (ROOT / OUTSIDE.get(page, f"docs/{page}.md")).parent
    pages = {ROOT / path: name for name, path in OUTSIDE.items()}

    def led(found: re.Match[str]) -> str:
        shown, target, anchor = found.groups(default="")
        path = (folder / target).resolve()
        name = pages.get(path)
        if name is None and (path.suffix != ".md" or path.parent != ROOT / "docs"):
            return shown
        to = name or path.stem
        return f"[{shown}]({os.path.relpath(to, Path(page).parent)}.md{anchor})"

    parts = _FENCE.split(text)
    return "".join(part if part.startswith("```") else _LINK.sub(led, part) for part in parts)


def contents(index: str) -> str:
    """The navigation: the pages to which the tables of docs/index.md lead, in their order."""
    trees = [
        _toctree("Begin here", ["sphinx/readme"]),
        _toctree("Guides", _pages_below(index, "to do this")),
        _toctree("Reference", ["sphinx/api/*"], glob=True),
        _toctree("Fidelity and figures", _pages_below(index, "to judge it")),
    ]
    return "\n".join(trees)


def _pages_below(index: str, heading: str) -> list[str]:
    table = index.partition(f"| {heading} |")[2].partition("\n\n")[0]
    pages = [target.removesuffix(".md") for _, target, _ in _LINK.findall(table)]
    if not pages:
        raise SphinxError(f"docs/index.md has no table headed {heading!r}")
    return pages


def _toctree(title: str, pages: list[str], glob: bool = False) -> str:
    options = [":hidden:", f":caption: {title}", ":maxdepth: 1", *([":glob:"] if glob else [])]
    return "\n".join(["```{toctree}", *options, "", *dict.fromkeys(pages), "```", ""])


# What a browser loads by itself, by attribute or style sheet.
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=["']([^"']+)"""
    r"""|<link\b(?![^>]*rel=["']?(?:canonical|search|next|prev|index))[^>]*?href=["']([^"']+)"""
    r"""|(?:@import|url\()\s*["']?([^"')\s]+)"""
)


class ForeignHostError(SphinxError):
    """A page would load something from another host."""

    category = "Foreign host"


def check_hosts(app: Sphinx, error: Exception | None) -> None:
    """Raises ForeignHostError for what a browser would load from elsewhere by itself."""
    if error is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix in (".html", ".css"):
            for found in _LOADED.finditer(path.read_text(encoding="utf-8")):
                url = next(filter(None, found.groups()))
                if urlsplit(url).netloc:
                    raise ForeignHostError(f"{path.relative_to(app.outdir)} loads {url}")


def setup(app: Sphinx) -> None:
    app.connect("source-read", read_source)
    app.connect("build-finished", check_hosts)
