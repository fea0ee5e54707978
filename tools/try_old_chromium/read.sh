#!/bin/sh
# Lists what scripts and styles of the children's pages use that Chromium 80 or Safari 14 lack, for a person to judge:
# each must have another way beside it. What was judged, and how: docs/browsers.md.
cd "$(dirname "$0")" || exit 1
HOUSE=../..
mkdir -p read
# Linters look for the browsers that are meant beside the files; and doiuse stumbles over an apostrophe in a comment.
cp "$HOUSE"/mailbox/kiosk/static/*.js read/
for sheet in tokens paper; do
	perl -0pe 's{/\*.*?\*/}{}gs' "$HOUSE/mailbox/web/static/$sheet.css" > "read/$sheet.css"
done
npx eslint --no-eslintrc --plugin compat --rule '{"compat/compat": "error"}' --env browser,es2020 \
	--parser-options ecmaVersion:2020,sourceType:module read/*.js
for sheet in tokens paper; do npx doiuse --browsers "chrome 80, safari 14, ios_saf 14.0-14.4" "read/$sheet.css" 2>&1 | grep 'supported'; done
rm -r read
