#!/bin/sh
# Brings what the tests need from outside: Debian packages (apt, as root or through `sudo -n`) and a Python
# environment with a real Keylime in .keylime-venv. Run again it does nothing. Debian 12 is what is tested.
set -eu
cd "$(dirname "$0")/../.."

venv=.keylime-venv
requirements=tests/keylime/requirements.txt
# keylime imports gpg without asking, and that module comes from Debian only (python3-gpg); so the environment
# is made with Debian's own Python. keylime_verifier runs tpm2_startup when it starts and dies without it.
# swtpm is the TPM of our own tests, libtss2 what limescope opens at run time (nothing of it is needed to build),
# tpm2-openssl shows that OpenSSL reads our key files.
packages="python3 python3-venv python3-gpg tpm2-tools libefivar1 tmux openssl
swtpm libtss2-esys-3.0.2-0 libtss2-mu0 libtss2-tctildr0 libtss2-tcti-device0 libtss2-tcti-swtpm0 tpm2-openssl"
gpg=/usr/lib/python3/dist-packages/gpg

fail() {
    printf 'tests/keylime/install.sh: %s\n' "$*" >&2
    exit 1
}

command -v dpkg-query >/dev/null 2>&1 ||
    fail "this is no Debian system (dpkg-query is missing). The tests run on Debian 12 with: $packages"

missing=
for package in $packages; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
    "install ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done

if [ -n "$missing" ]; then
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        fail "these Debian packages are missing, and neither root nor a password-free sudo is at hand.
Install them by hand, then run make test again:
    apt-get install --no-install-recommends$missing"
    fi
    echo "installing Debian packages:$missing"
    # $as_root and $missing are lists of words. The lock timeout: a fresh machine may be updating itself.
    # shellcheck disable=SC2086
    $as_root apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends $missing </dev/null
fi

[ -d "$gpg" ] || fail "Debian's gpg module for Python is not at $gpg; reinstall the package python3-gpg"

# The stamp names what was installed; it is written last, so a broken installation is made anew.
# The place counts too: an environment names its own folder in its scripts and does not survive a move.
wanted=$({ cat "$requirements" "tests/keylime/install.sh"; /usr/bin/python3 --version; pwd; } | sha256sum)
if [ -f "$venv/stamp" ] && [ "$(cat "$venv/stamp")" = "$wanted" ]; then
    exit 0
fi

echo "making $venv"
rm -rf "$venv"
/usr/bin/python3 -m venv "$venv"
# --no-deps: nothing comes in that requirements.txt does not pin.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --only-binary :all: -r "$requirements" </dev/null
packages_folder=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
ln -s "$gpg" "$packages_folder/gpg"
"$venv/bin/python" -m pip check --disable-pip-version-check >/dev/null ||
    fail "the packages pinned in $requirements do not fit together: $("$venv/bin/python" -m pip check 2>&1)"
"$venv/bin/python" -c 'import gpg, keylime' ||
    fail "Keylime was installed but does not load; remove $venv and run again"
printf '%s\n' "$wanted" >"$venv/stamp"
