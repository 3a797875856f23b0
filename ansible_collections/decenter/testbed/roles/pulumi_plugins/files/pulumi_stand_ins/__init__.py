"""Stand-ins for Pulumi's plugins, which no package registry carries: for the test bed alone.

They do what simple_ocr's program needs and no more. The real plugins win wherever they are installed.
"""

import gc

# They live for seconds and spend most of them importing thousands of classes: collecting garbage meanwhile finds none.
gc.disable()
