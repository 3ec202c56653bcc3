#!/bin/bash
# Signs dist/facevid-gui on a Mac, has Apple check it, and packs it. Not run by our CI, which has Linux only.
# What enters: the built folder; SIGNING_IDENTITY ("Developer ID Application: ..."), and NOTARY_PROFILE, the name under
# which "xcrun notarytool store-credentials" keeps the account in the keychain. No password is given here.
set -euo pipefail
cd "$(dirname "$0")/../../.."
: "${SIGNING_IDENTITY:?name of the certificate in the keychain}" "${NOTARY_PROFILE:?name of the notarytool profile}"
bundle=dist/facevid-gui
version=$("$bundle/facevid" --version | awk '{print $2}')
archive="dist/facevid-gui-$version-macos-$(uname -m).zip"
sign=(codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY")
find "$bundle/_internal" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 | xargs -0 -n 20 "${sign[@]}"
for program in facevid facevid-gui; do
  "${sign[@]}" --entitlements resources/desktop/macos/entitlements.plist "$bundle/$program"
done
codesign --verify --strict "$bundle/facevid-gui" "$bundle/facevid"
ditto -c -k --keepParent "$bundle" "$archive"
xcrun notarytool submit "$archive" --keychain-profile "$NOTARY_PROFILE" --wait
shasum -a 256 "$archive"
