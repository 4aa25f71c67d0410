"""`python -m accord.sandbox MANIFEST`: a sandbox, where a manifest file is at hand and the program is not."""

import sys

from accord.core.errors import AccordError, ConfigError
from accord.sandbox.command import sandbox_command

if __name__ == "__main__":
    try:
        sandbox_command()(prog_name="python -m accord.sandbox")
    except AccordError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3 if isinstance(error, ConfigError) else 1)
