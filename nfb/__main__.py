"""``python -m nfb``."""

import sys

from nfb.cli import main

sys.exit(main())
