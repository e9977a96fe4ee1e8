"""Which names a file says where a name can mean a project: in a literal, a path, an import, a reference, a setting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import normpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_SETTINGS = frozenset({".yaml", ".yml", ".toml", ".ini", ".env", ".properties", ".txt", ".csv", ""})
"""Files in which a name needs no quotes."""
_OTHER = re.compile(r"[^a-z0-9]+")
_WORD = r"[\w.{}$@%~+-]"
_QUOTED = re.compile(rf"(?<=[\"'`]){_WORD}+(?=[\"'`])")
_LISTED = re.compile(r"[\"'`]((?:[^\"'`\n]*[,; ])[^\"'`\n]*)[\"'`](\s*\.split)?")
_COMMAND = re.compile(r"(?:^|\s)-{1,2}[a-zA-Z]|\bpulumi\b")
_PATH = re.compile(r"[^\s\"'`,;()\[\]<>|=]*[/\\][^\s\"'`,;()\[\]<>|=]*")
_LONE = re.compile(r"/[\w.-]+")
_TOKEN = re.compile(r"[\w-]+:[\w.-]+(?:/[\w.-]+)+:\w+")
"""A resource's type: its module is no project."""
_URN = re.compile(r"(?<=::)[\w.-]+(?=::)")
_PLACEHOLDER = re.compile(r"\$?\{[^{}]*\}|%s")
_PROTOCOL = re.compile(r"^(?:file|link|portal|workspace):")
_FILE_NAME = re.compile(
    r"\.(?:py|[cm]?[jt]sx?|go|cs|java|json|ya?ml|toml|ini|env|properties|txt|csv|md|xml|sh|tf|crt|pem|key)$"
)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_TARGET = re.compile(r"[\w.@/\\-]+")
"""All that a symbolic link says."""
_KEY_AFTER = re.compile(r"[\"'`]\s*:(?!:)")
_SETTING = re.compile(r"(?:\bexport|\b(?:config|cfg)\w*(?:\(\))?\.\w+)\($", re.IGNORECASE)
_MADE = re.compile(r"\b(\w+)(?:\.\w+)*\($")
_KEY = re.compile(r"^[ \t-]*([\w.-]+)[ \t]*[:=]|\b(\w+)[ \t]*=(?!=)", re.MULTILINE)
_PAIR = re.compile(r"^[ \t]*(?:-[ \t]+)*(?:[^\s=#]+?[ \t]*(?::(?=[ \t]|$)|=))?(.*)$", re.MULTILINE)
_ITEMS = re.compile(r"[\[\]{},;\t]|[\w.-]+:\s")
_PYTHON_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_PYTHON_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#]+)", re.MULTILINE)
_OTHER_IMPORT = re.compile(r"^[ \t]*(?:import|using|open)[ \t]+(?:static[ \t]+)?([\w.*]+)", re.MULTILINE)
_SDK = re.compile(
    r"import\s+(?:\*\s+as\s+)?(\{[^}]*\}|\w+)\s+from\s+[\"']@pulumi/(?!pulumi[\"'/])|"
    r"(\w+|\{[^}]*\})\s*=\s*require\([\"']@pulumi/(?!pulumi[\"'/])"
)
_REFERENCE = re.compile(r"stack[-_ ]?reference", re.IGNORECASE)
_IMPORTED = re.compile(r"^[ \t]*(?:from|import|using)\b[^\n]*$", re.MULTILINE)
_CALL = re.compile(r"stack_?reference\w*\s*(?:<[^>\n]*>)?\(", re.IGNORECASE)
_SETTLED = re.compile(r"/[\w.-]+/|[\"'`][\w.-]+/[^/\"'`]+[\"'`]")
_SETTLED_NAME = re.compile(
    r"^[ \t]*name:[ \t]*[\"']?(?:[\w${}.-]+/[\w.-]+/|[\w.-]+/[^/\s]+[\"']?[ \t]*$)", re.MULTILINE
)
_CLIMBS = re.compile(
    r"[\"'`](?:\.\./)*\.\.[/\\]?[\"'`]|\bparents\b|\.parent\b.*?\.parent\b|dirname\(.*?dirname\(|rev-parse|toplevel|"
    r"environ|getenv|process\.env|import_module|sys\.path|PYTHONPATH|work_?dir|select_?stack|project_?name",
    re.IGNORECASE | re.DOTALL,
)


def key(name: str) -> str:
    """Return what is compared of a name: `net-core`, `net_core` and `Net.Core` are one."""
    return _OTHER.sub("", name.lower())


@dataclass(frozen=True, slots=True)
class Said:
    """The keys of the names that some files say.

    `names` stand where a name can mean a project, `more` where it seldom does: as a key, a resource's name, a variable.
    These count where the files are `open`: they put names together to refer to a stack, or to leave their folder.
    """

    names: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    open: bool = False

    @staticmethod
    def of(several: Iterable[Said]) -> Said:
        """Return what several files say together."""
        names: set[str] = set()
        more: set[str] = set()
        is_open = False
        for one in several:
            names |= one.names
            more |= one.more
            is_open |= one.open
        return Said(frozenset(names), frozenset(more), is_open)

    def counted(self, *, open: bool) -> frozenset[str]:  # noqa: A002 the word of the field
        """Return the names that count."""
        return self.names | self.more if open else self.names


def said(path: str, text: str, home: str = ".", own: Collection[str] = ()) -> Said:
    r"""Return what a file says; `own` are the files and folders of its project, to which its paths and imports lead first.

    `home` is the folder of the project; all are paths from the top of the repository.

    >>> sorted(said("a.py", "from net_core.sites import X\nVPC = vpc  # of data\nopen('../app/x.json')\n").names)
    ['app', 'netcore', 'sites', 'x', 'xjson']
    """
    place = PurePosixPath(path)
    settings = place.suffix.lower() in _SETTINGS
    plain = _TOKEN.sub(" ", _COMMENT.sub("", text) if settings else text)
    names, more = set(_URN.findall(plain)), set[str]()
    for word, doubtful in (*_literals(plain), *_paths(plain, {str(place.parent), home}, own)):
        (more if doubtful else names).update(_pieces(word))
    names |= {piece for word in _imports(text, place, own) for piece in word.split(".")}
    if settings or _TARGET.fullmatch(text.strip()):
        names |= {piece for word in _scalars(plain) for piece in _pieces(word)}
    more |= {word for pair in _KEY.findall(plain) for word in pair}
    keys = frozenset(map(key, names)) - {""}
    return Said(keys, frozenset(map(key, more)) - keys - {""}, _is_open(text, place.suffix))


def _pieces(word: str) -> Iterator[str]:
    """Yield the names that a path, a dotted name or a word may mean."""
    for part in re.split(r"[/\\]", _PROTOCOL.sub("", word)):
        yield part
        if "{" in part or "%s" in part:
            yield _PLACEHOLDER.sub("", part)
    if "/" not in word and "\\" not in word and "." in word and not _FILE_NAME.search(word):
        yield from _PLACEHOLDER.sub("", word).split(".")


def _literals(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each word in quotes, and whether it seldom means a project there."""
    sdk = _sdk_names(text)
    for found in _QUOTED.finditer(text):
        start, end = found.span()
        yield found.group(), _is_aside(text[max(0, start - 100) : start - 1].rstrip(), text[end : end + 20], sdk)
    for several, split in _LISTED.findall(text):
        words = several.split() if split or _COMMAND.search(several) else re.split(r"[,;]", several)
        yield from ((word.strip(" ,;"), False) for word in words if " " not in word.strip(" ,;"))


def _is_aside(before: str, after: str, sdk: Collection[str]) -> bool:
    """Return whether a word in quotes is a key, or names a setting or a resource, by what stands around it."""
    if before.endswith("("):
        made = _MADE.search(before)
        return (made is not None and made[1] in sdk) or _SETTING.search(before) is not None
    if before.endswith("["):
        return before[-2:-1].isalnum() or before[-2:-1] in {"_", ")", "]"}
    return not before.endswith("?") and _KEY_AFTER.match(after) is not None


def _sdk_names(text: str) -> frozenset[str]:
    """Return what the file calls the modules and classes that come from providers' packages."""
    if "pulumi" not in text:
        return frozenset()
    lists = [names for pair in _SDK.findall(text) for names in pair]
    lists += [names for module, names in _PYTHON_FROM.findall(text) if module.startswith("pulumi_")]
    lists += [each for names in _PYTHON_IMPORT.findall(text) for each in names.split(",") if "pulumi_" in each]
    return frozenset(re.split(r"\bas\b", each)[-1].strip(" \n\t(){}") for names in lists for each in names.split(","))


def _paths(text: str, homes: Collection[str], own: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Yield what looks like a path and leads to nothing of the project's own."""
    for found in _PATH.findall(text):
        plain = found.strip(":.") if found.endswith((":", ".")) else found
        if plain.startswith("/") or all(normpath(f"{home}/{plain}") not in own for home in homes):
            yield plain, _LONE.fullmatch(plain) is not None


def _imports(text: str, place: PurePosixPath, own: Collection[str]) -> Iterator[str]:
    """Yield the modules that are imported by a name without quotes, except of providers and of the project's own."""
    if place.suffix != ".py":
        if place.suffix in {".java", ".cs", ".kt", ".scala", ".fs", ".vb"}:
            yield from (name for name in _OTHER_IMPORT.findall(text) if "pulumi" not in name.lower())
        return
    strange = re.search(r"sys\.path|PYTHONPATH|__path__", text) is not None
    found = [(module, re.split(r"[\s,()]+", names)) for module, names in _PYTHON_FROM.findall(text)]
    found += [
        (each.split()[0], []) for names in _PYTHON_IMPORT.findall(text) for each in names.split(",") if each.split()
    ]
    for module, names in found:
        within = bool(own) and module.startswith(".") and not module.startswith("..")
        first = normpath(f"{place.parent}/{module.split('.')[0]}")
        if (
            module == "pulumi"
            or module.startswith(("pulumi_", "pulumi."))
            or within
            or (first in own and not strange and module[0] != ".")
        ):
            continue
        yield from (module, *names)


def _scalars(text: str) -> Iterator[str]:
    """Yield the values that stand without quotes in a file of settings, each a single word."""
    for line in _PAIR.findall(text):
        for item in _ITEMS.split(_PLACEHOLDER.sub("", line.partition(" #")[0])):
            word = item.strip(" \"'")
            if word and " " not in word:
                yield word


def _is_open(text: str, suffix: str) -> bool:
    """Return whether a file may mean a stack, or a folder outside, by a name that it puts together."""
    if _CLIMBS.search(text):
        return True
    mentions = len(_REFERENCE.findall(_IMPORTED.sub("", text)))
    if not mentions:
        return False
    if suffix.lower() in {".yaml", ".yml"}:
        return mentions > len(_SETTLED_NAME.findall(text))
    return mentions > sum(_SETTLED.search(_arguments(text, call.end())) is not None for call in _CALL.finditer(text))


def _arguments(text: str, start: int) -> str:
    """Return what stands between a bracket and the one that closes it."""
    depth = 1
    for place in range(start, min(len(text), start + 500)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return text[start:place]
    return ""
