"""simple_ocr: texts that cameras see, read beside each camera and shown in one place."""
