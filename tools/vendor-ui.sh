#!/bin/sh
# Fetches the console's style sheets, checks them, removes what we may not or need not carry, and writes them to
# crates/console/static/vendor. Run by hand when a version changes; what it writes is checked in.
#
# Removed: the GDS Transport font (licensed to GOV.UK alone), crests and crowns, and pictures of components that we
# do not use. The font stack becomes the reader's own.
set -eu
out="$(cd "$(dirname "$0")/.." && pwd)/crates/console/static/vendor"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# package, file name of its archive, sha512 as the registry and our review agree on it, style sheet within it, our name
take() {
    (cd "$work" && npm pack --silent "$1" >/dev/null)
    got="sha512-$(openssl dgst -sha512 -binary "$work/$2" | openssl base64 -A)"
    if [ "$got" != "$3" ]; then
        echo "vendor-ui: $1 is not what was reviewed: $got" >&2
        exit 1
    fi
    mkdir -p "$work/$5"
    tar -xzf "$work/$2" -C "$work/$5"
    sed -E \
        -e 's#/\*! Copyright \(c\) 2011 by Margaret Calvert[^*]*\*/##g' \
        -e 's#@font-face\{[^}]*\}##g' \
        -e 's#GDS Transport,arial,sans-serif#system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",arial,sans-serif#g' \
        -e 's#GDS Transport#system-ui#g' \
        -e 's#url\(/assets/[^)]*\)#none#g' \
        "$work/$5/package/$4" >"$out/$5.css"
    if grep -qE 'GDS Transport|/assets/|crest\.svg' "$out/$5.css"; then
        echo "vendor-ui: $5.css still names a font or a picture that we do not carry" >&2
        exit 1
    fi
}

take govuk-frontend@6.6.0 govuk-frontend-6.6.0.tgz \
    'sha512-xctkWrQvLnvQt7fyjQ3MGX9S0wz0x0RQuLxCeoXF+s8EjGICG81/DYQGKN5qgO+0KVT12UAaRwUsGY6fulRcRg==' \
    dist/govuk/govuk-frontend.min.css govuk-frontend
take @ministryofjustice/frontend@11.1.0 ministryofjustice-frontend-11.1.0.tgz \
    'sha512-1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==' \
    moj/moj-frontend.min.css moj-frontend

(cd "$out" && sha256sum *.css *.txt >SHA256SUMS && cat SHA256SUMS)
