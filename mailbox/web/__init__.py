"""What both faces share: headers, form tokens, device identity, base templates. Knows no letter."""
