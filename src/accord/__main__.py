"""`python -m accord`: the program."""

from accord.cli import main

if __name__ == "__main__":
    main()
