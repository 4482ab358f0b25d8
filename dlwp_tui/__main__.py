"""`dlwp` and `python -m dlwp_tui`: runs the CLI and turns every expected error into a sentence on stderr."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of the `dlwp` script; exits with 0, 1 (failed), 2 (usage) or 130 (stopped by Ctrl-C)."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run the CLI with `args` and return its exit code."""
    from dlwp_tui.errors import DlwpError

    _speak_utf8()
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except DlwpError as error:
        print(error.message, file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # `dlwp list | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _dispatch(args: list[str]) -> int:
    if not args:  # the app itself: `dlwp` alone
        from dlwp_tui.cli.app import open_app

        return open_app()
    from dlwp_tui.cli.commands import invoke

    return invoke(args)


def _speak_utf8() -> None:
    """A GBK or C locale must not turn Chinese into escapes or errors."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
