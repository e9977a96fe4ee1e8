"""How actions/runner reads a log: ActionCommand.TryParseV2 and TryParse, ActionCommandManager's stop-commands."""

from __future__ import annotations

from dataclasses import dataclass, field

KNOWN = {"error", "warning", "notice", "stop-commands", "add-mask", "group", "endgroup", "debug", "save-state"}


@dataclass(frozen=True)
class Command:
    """One command as the runner understood it."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def commands(log: str) -> list[Command]:
    """Return every command that the runner would carry out."""
    found: list[Command] = []
    token: str | None = None
    for line in log.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        command = _second_form(line.lstrip(), token) or _first_form(line, token)
        if command is None:
            continue
        if token is not None:
            if command.name == token:
                token = None
            continue
        found.append(command)
        if command.name == "stop-commands":
            token = command.data
    return found


def _second_form(line: str, token: str | None) -> Command | None:
    """`::name key=value,key=value::data`, at the start of a line after white space."""
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    if name not in KNOWN and name != token:
        return None
    pairs = (item.split("=", 1) for item in rest.strip().split(",") if "=" in item)
    return Command(name, _unescaped(line[end + 2 :]), {pair[0]: _unescaped(pair[1], ":,") for pair in pairs if pair[1]})


def _first_form(line: str, token: str | None) -> Command | None:
    """`##[name key=value;]data`, anywhere in a line."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name = line[start + 3 : end].split(" ", 1)[0]
    return Command(name, line[end + 1 :]) if name in KNOWN or name == token else None


def _unescaped(text: str, more: str = "") -> str:
    for char in f"\r\n{more}":
        text = text.replace(f"%{ord(char):02X}", char)
    return text.replace("%25", "%")
