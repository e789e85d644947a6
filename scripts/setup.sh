# Common to scripts/demo and scripts/test: installs what is missing, and nothing that is there.
# To be sourced with $root set. Every step can be interrupted and is finished by the next run: what
# marks a step as done is written last and names what it was made from.

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# Run a command as root: as it is, or by sudo without a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null 2>&1 &&
        { [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }; }
}

updated=no
install_packages() {
    can_install || stop "缺少软件包，请以管理员运行：apt-get install $*
Packages are missing; run as administrator: apt-get install $*"
    say "安装 / installing: $*"
    log=$(mktemp)
    if [ "$updated" = no ]; then
        as_root apt-get update -qq >"$log" 2>&1 || { cat "$log" >&2; stop "apt-get update 失败 / failed"; }
        updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        >"$log" 2>&1 || { tail -n 20 "$log" >&2; stop "apt-get install $* 失败 / failed"; }
    rm -f "$log"
}

good_python() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if command -v "$python" >/dev/null 2>&1 && good_python "$python"; then
            command -v "$python"
            return 0
        fi
    done
    return 1
}

need_python() {
    python=$(find_python) && return 0
    install_packages python3 python3-venv
    python=$(find_python) || stop "需要 Python 3.11 或更新 / Python 3.11 or newer is needed"
}

has_postgis() {
    [ -n "${DATABASE_URL:-}" ] && return 0
    if [ -n "${GEOAPP_PG_BIN:-}" ]; then return 0; fi
    for folder in /usr/lib/postgresql/*/bin; do
        version=${folder%/bin}
        version=${version##*/}
        [ -x "$folder/postgres" ] && [ -x "$folder/pg_dump" ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ] && return 0
    done
    return 1
}

need_postgis() {
    has_postgis && return 0
    # Debian starts a cluster of its own with the package; geoapp runs a private one.
    if can_install && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        as_root mkdir -p /etc/postgresql-common
        printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    package=postgresql-15-postgis-3
    if can_install; then
        if ! apt-cache show "$package" >/dev/null 2>&1; then
            as_root apt-get update -qq >/dev/null 2>&1 || true
            updated=yes
        fi
        if ! apt-cache show "$package" >/dev/null 2>&1; then
            package=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sort -V | tail -n 1 | cut -d' ' -f1)
            [ -n "$package" ] || package=postgis
        fi
    fi
    install_packages "$package"
    has_postgis || stop "安装后仍找不到 PostGIS / PostGIS is still not found after installing $package"
}

need_browser() {
    missing=
    command -v chromium >/dev/null 2>&1 || [ -x "${GEOAPP_CHROMIUM:-/nonexistent}" ] || missing=chromium
    if ! { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; }; then
        missing="$missing fonts-noto-cjk fontconfig"
    fi
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
}

digest() { cat "$@" | cksum | tr ' ' -; }

# need_environment LOCK: the Python environment .venv with what the lock file names, and geoapp.
need_environment() {
    lock=$1
    venv=$root/.venv
    stamp=$venv/.geoapp-$(basename "$lock" .lock)
    wanted=$(digest "$root/requirements/$lock" "$root/pyproject.toml")-$root
    [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$venv/bin/python" -c 'import geoapp' 2>/dev/null && return 0
    need_python
    if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "建立 Python 环境 / making the Python environment"
        rm -rf "$venv"
        "$python" -m venv "$venv"
    fi
    say "安装 Python 包 / installing Python packages"
    pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input"
    $pip --require-hashes -r "$root/requirements/$lock"
    need_assets
    $pip --no-deps --no-build-isolation --editable "$root"
    printf '%s' "$wanted" >"$stamp"
}

# The front-end assets; Node comes from the machine or from a Python package.
need_assets() {
    if ! command -v npm >/dev/null 2>&1 && [ ! -e "$root/static/vendor/manifest.json" ]; then
        say "安装 Node.js / installing Node.js"
        "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
            --require-hashes -r "$root/requirements/node.lock"
    fi
    "$root/.venv/bin/python" "$root/scripts/build_assets.py"
}
