"""`dlwp` and `python -m dlwp_tui`: runs the CLI and prints every expected error to stderr without a traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlwp_tui.core.errors import DlwpError


def main() -> None:
    """Entry point of the `dlwp` script; exits with 0, 1 (failed), 2 (usage) or 130 (stopped by Ctrl-C)."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run the CLI with `args` and return its exit code."""
    from dlwp_tui.core import settings
    from dlwp_tui.core.errors import DlwpError, ReaderGone
    from dlwp_tui.core.language import use_language

    _open_streams()
    _use_utf8()
    try:
        use_language(settings.load().language)
        code = _dispatch(args)
        sys.stdout.flush()
    except DlwpError as error:
        _print(error)
        return error.exit_code
    except (ReaderGone, BrokenPipeError):  # `dlwp list | head`: the reader has enough
        code = 0
    except MemoryError:
        from dlwp_tui.core.language import _

        message = _("There is not enough memory for this.")
        _print(DlwpError(message, _("End other programs, or try it with a smaller file.")))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        _settle_stdout()
    return code


def _dispatch(args: list[str]) -> int:
    if asked := os.environ.get("_DLWP_COMPLETE"):
        from dlwp_tui.cli.completion import answer

        return answer(asked, args)
    if not args:  # the app itself: `dlwp` alone
        from dlwp_tui.cli.app import open_app

        return open_app()
    from dlwp_tui.cli.commands import invoke

    return invoke(args)


def _print(error: DlwpError) -> None:
    from dlwp_tui.core.plain import plain

    with contextlib.suppress(OSError):  # with stderr closed or full, the exit code remains
        print(plain(str(error)), file=sys.stderr, flush=True)


def _open_streams() -> None:
    """Point closed streams (`dlwp list >&-`, some cron) to /dev/null: else the next file opened would be stdout."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        name = ("stdin", "stdout", "stderr")[fd]
        setattr(sys, name, open(fd, "w" if fd else "r", encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
    os.close(fd)


def _settle_stdout() -> None:
    """Discard what stdout's buffer holds where it cannot be written: Python would print an error at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _use_utf8() -> None:
    """Write UTF-8 whatever the locale: under GBK or C, Chinese would become escapes or errors."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
