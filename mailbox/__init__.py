"""The letter box: what is kept, for whom, until when; and the kiosk page that children use."""
