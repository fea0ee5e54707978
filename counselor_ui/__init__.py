"""The staff's pages: desk, people, devices, siren, summary and set-up. Shows and asks; rules and acts live below."""
