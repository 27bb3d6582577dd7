"""`python -m rawspoof` is the command `rawspoof`."""

import sys

from rawspoof.cli.main import main

sys.exit(main())
