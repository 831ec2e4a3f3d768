"""`python -m server COMMAND`, and `dazzle COMMAND`."""
import gc
import sys


def main() -> int:
    """Run one command; the exit status."""
    gc.disable()  # nothing of what is imported becomes garbage: looking for some takes a third of the start
    sys.modules["rich"] = None  # type: ignore[assignment]  # 4 MB for tracebacks with values in them, which nobody may see
    from server import cli
    program = cli.build(cli.asked(sys.argv[1:]))
    gc.freeze()
    gc.enable()
    return cli.run(program, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
