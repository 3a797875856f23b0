"""Run one stand-in: `python -m pulumi_stand_ins MODULE ENGINE_ADDRESS`."""

import gc
import importlib
import sys

# It lives for seconds and spends most of them importing thousands of classes: collecting garbage meanwhile finds none.
gc.disable()
importlib.import_module(f"pulumi_stand_ins.{sys.argv.pop(1)}").main()
