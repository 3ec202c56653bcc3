"""`python -m facevid_gui`: the console program."""

from facevid_gui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
