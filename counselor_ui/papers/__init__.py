"""The weekly paper as a page, an A4 PDF and a spreadsheet: three faces of the same rows."""
