"""Stand-ins for Pulumi's plugins, which no package registry carries: for the test bed alone.

They do what simple_ocr's program needs and no more. The real plugins win wherever they are installed.
"""
