"""``python -m ecosystem`` is the command-line program."""

from ecosystem.cli import main

if __name__ == "__main__":
    main()
