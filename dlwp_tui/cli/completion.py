"""`dlwp completion`: what the shell offers on Tab. The script it prints asks `dlwp` itself, in at most 0.35 s.

A shell asks with `_DLWP_COMPLETE=bash dlwp 2 dlwp run 3.` (which word is being typed, then all words), and gets one
candidate a line: the word, for zsh and fish with what it means. typer's own completion is not used: it knows none of
a lesson's options, and renders every help text with rich, which alone takes 0.25 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer

from dlwp_tui.cli import output
from dlwp_tui.core.errors import DlwpError, UsageError
from dlwp_tui.core.language import _

VARIABLE = "_DLWP_COMPLETE"
RUNS = 60
"""Runs offered at most, newest first."""
Candidate = tuple[str, str]
"""A word, and what it means or ""."""

BASH = """_dlwp_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(_DLWP_COMPLETE=bash "$1" "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null))
}
complete -o nosort -o bashdefault -o default -F _dlwp_completion dlwp
"""
ZSH = """#compdef dlwp
_dlwp() {
    local -a found
    found=("${(@f)$(_DLWP_COMPLETE=zsh "$words[1]" $((CURRENT - 1)) "${words[@]}" 2>/dev/null)}")
    if [[ -n $found[1] ]]; then
        _describe -V dlwp found
    else
        _files
    fi
}
compdef _dlwp dlwp
"""
FISH = """function __dlwp_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (_DLWP_COMPLETE=fish $words[1] (math (count $words) - 1) $words 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c dlwp -f -a '(__dlwp_complete)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("completion", help=_("Print the script that completes dlwp's words in your shell."))(completion)


def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help=_("Your shell: bash, zsh or fish."))],
) -> None:
    output.line(_script(shell).rstrip("\n"))


def answer(asked: str, args: Sequence[str]) -> int:
    """Print what fits the word being typed, or the script for `bash_source`; returns the exit code."""
    shell, _underline, what = asked.partition("_")
    if what == "source":
        output.line(_script(shell).rstrip("\n"))
        return 0
    if shell not in SCRIPTS or what or not args or not args[0].isdigit():
        raise UsageError(_("{name} is set by the shell's script only.").format(name=VARIABLE))
    for word, meaning in complete(list(args[1:]), int(args[0]), joins=shell == "bash"):
        text = " ".join(meaning.split())
        if shell == "zsh":
            output.line(word.replace(":", "\\:") + (f":{text}" if text else ""))
        else:
            output.line(f"{word}\t{text}" if text and shell == "fish" else word)
    return 0


def complete(words: list[str], at: int, *, joins: bool = False) -> list[Candidate]:
    """What may stand in the place of `words[at]`, which is being typed; nothing where only a file's name may.

    joins: whether the shell gives `--preset=qu` as the three words `--preset`, `=` and `qu`, as bash does.
    """
    before, typed = words[1:at], words[at] if at < len(words) else ""
    if joins and typed == "=":
        typed = ""
    elif joins and before[-1:] == ["="]:
        before.pop()
    option, equals, value = typed.partition("=")
    prefix = ""
    if typed.startswith("--") and equals:
        before, typed, prefix = [*before, option], value, f"{option}="
    return [(prefix + word, meaning) for word, meaning in _candidates(before, typed) if word.startswith(typed)]


def _candidates(before: list[str], typed: str) -> Iterable[Candidate]:
    from dlwp_tui.cli import commands

    command = next((word for word in before if word in commands.NAMES), None)
    root: Any = typer.main.get_command(commands.build(command))
    if command is None:
        if typed.startswith("-") or (before[-1:] and before[-1] in _taking(root)):
            return _of_command(root, "", before, typed)
        return [(name, _meaning(root.commands[name])) for name in commands.NAMES]
    rest = before[before.index(command) + 1 :]
    if command == "run":
        return _of_run(rest, typed)
    found: Any = root.commands[command]
    if hasattr(found, "commands"):  # `dlwp data get`
        inner = next((word for word in rest if word in found.commands), None)
        if inner is None:
            return [(name, _meaning(one)) for name, one in found.commands.items()]
        return _of_command(found.commands[inner], f"{command} {inner}", rest[rest.index(inner) + 1 :], typed)
    return _of_command(found, command, rest, typed)


def _of_run(rest: list[str], typed: str) -> Iterable[Candidate]:
    """`dlwp run`: which lesson, then that lesson's own options."""
    from dlwp_tui.cli import run
    from dlwp_tui.course import reader

    place = run.place(rest)
    try:
        lesson = reader.load().lesson(rest[place]) if place is not None else None
    except DlwpError:  # `dlwp run --preset quick`: that is no lesson
        lesson = None
    if place is None or lesson is None:
        return [("--help", "")] if typed.startswith("-") else _lessons()
    del rest[place]
    options = _of_command(typer.main.get_command(run.command(lesson)), "run", rest, typed)
    presets = [(name, str(preset.see)) for name, preset in lesson.presets.items()]
    return presets if rest[-1:] == ["--preset"] else options


def _of_command(command: Any, name: str, rest: list[str], typed: str) -> Iterable[Candidate]:
    """Options of a command, values of the option before, or values of the argument whose turn it is."""
    taking = _taking(command)
    if rest[-1:] and rest[-1] in taking:
        return _values(name, taking[rest[-1]])
    if typed.startswith("-"):
        flags = [
            (flag, option.help or "")
            for option in command.params
            if option.param_type_name == "option" and (option.multiple or not {*option.opts} & {*rest})
            for flag in (*option.opts, *option.secondary_opts)
        ]
        return [*(one for one in flags if one[0].startswith("--")), ("--help", "")]
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    given = 0
    for at, word in enumerate(rest):
        given += not word.startswith("-") and not (at and rest[at - 1] in taking)
    if arguments and arguments[-1].nargs == -1:
        given = min(given, len(arguments) - 1)
    return _values(name, arguments[given]) if given < len(arguments) else []


def _taking(command: Any) -> dict[str, Any]:
    """The options of a command that take a value, by their flags."""
    options = (one for one in command.params if one.param_type_name == "option" and not one.is_flag)
    return {flag: option for option in options for flag in option.opts}


def _values(command: str, param: Any) -> Iterable[Candidate]:
    """The values of an argument or an option, which its metavar names."""
    kind = str(param.metavar or param.name)
    if "|" in kind and kind.islower():
        return [(word, "") for word in kind.split("|")]
    chosen = VALUES.get(f"{command} {kind}") or VALUES.get(kind)
    return chosen() if chosen is not None else []


def _lessons() -> list[Candidate]:
    return [(section, title) for section, title, lesson in _course() if lesson]


def _sections() -> list[Candidate]:
    return [(section, title) for section, title, _lesson in _course()]


def _course() -> list[tuple[str, str, bool]]:
    from dlwp_tui.course import reader

    try:
        return [(one.id, one.title, one.has_lesson) for one in reader.load().sections]
    except DlwpError:
        return []


def _chapters() -> list[Candidate]:
    from dlwp_tui.course import reader

    return [(chapter.id, str(chapter.title)) for chapter in reader.load().chapters]


def _claims() -> list[Candidate]:
    from dlwp_tui.core import content
    from dlwp_tui.course import claims

    return [(claim.id, claim.statement) for claim in claims.load(content.folders()[0]).claims]


def _runs() -> list[Candidate]:
    from dlwp_tui.runs import store

    return [("last", _("the newest run")), *((folder.id, "") for folder in store.all()[:RUNS])]


def _datasets() -> list[Candidate]:
    from dlwp_tui.data.registry import all_sets

    return [(name, str(dataset.title)) for name, dataset in all_sets().items()]


VALUES: dict[str, Callable[[], list[Candidate]]] = {
    "ID": _sections,
    "runs ID": _lessons,
    "predict ID": list,  # a demo's
    "new ID": list,
    "prove WHAT": lambda: [*_chapters(), *_lessons()],
    "prove ID": _claims,
    "claims [CLAIM]": _claims,
    "claims ID": _chapters,
    "RUN": _runs,
    "RUN...": _runs,
    "RUN...|CHAPTER": lambda: [*_runs(), *_chapters(), *_lessons()],
    "data get NAME": _datasets,
    "data verify [NAME]": _datasets,
    "data import name": _datasets,
}
"""What completes a value, by its metavar, or by the command and its metavar."""


def _meaning(command: Any) -> str:
    return str(command.help or "").strip().split("\n", 1)[0]


def _script(shell: str) -> str:
    if shell not in SCRIPTS:
        raise UsageError(
            _("There is no completion for {shell}.").format(shell=shell),
            _("There is one for {names}.").format(names=", ".join(SCRIPTS)),
        )
    return SCRIPTS[shell]
