#!/bin/sh
# Set geoapp up from this folder alone: no registry is asked, nothing is downloaded.
# A second run changes nothing; an upgrade keeps the version before it.
set -eu
# What is installed holds no secret, and the service's own user must be able to read it.
umask 022

usage() {
    cat <<'USAGE'
用法 / usage: sh install.sh [--prefix DIR] [--packages] [--systemd] [--archive DIR] [--python PATH]

  --prefix DIR   装在哪里（默认 /opt/geoapp）/ where to (default /opt/geoapp)
  --packages     先装本文件夹里的 PostGIS 和 Python（需 root）/ install PostGIS and Python from
                 this folder first (as root)
  --systemd      建立用户 geoapp、系统服务并启动（需 root）/ make the user geoapp and the
                 services, and start (as root)
  --archive DIR  日志存到这个文件夹，可恢复到任一时刻；与 --systemd 同用 / keep the log in
                 this folder, so that any moment can be restored; with --systemd
  --python PATH  用这个 Python / the Python to use

目标机器另有数据库时，设好 DATABASE_URL 再运行，就不要求本机有 PostGIS。
With a database elsewhere set DATABASE_URL first: PostGIS is not asked for then.
USAGE
}

say() { printf '%s\n' "$*"; }
stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=/opt/geoapp
packages=no
systemd=no
archive=
python=
units=/etc/systemd/system
env_file=/etc/geoapp/geoapp.env
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --python | --archive)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            case $1 in
                --prefix) prefix=$2 ;;
                --python) python=$2 ;;
                *) archive=$2 ;;
            esac
            shift
            ;;
        --packages) packages=yes ;;
        --systemd) systemd=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

# A fact of the manifest, which is written with one key a line.
fact() { sed -n "s/^ \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$here/manifest.json"; }

check_files() {
    say "核对文件 / checking the files"
    (cd "$here" && sha256sum --check --quiet SHA256SUMS) ||
        stop "文件与 SHA256SUMS 不符，什么都没有安装：请重新复制安装包。" \
            "A file is not as in SHA256SUMS; nothing was installed: copy the bundle anew."
}

need_root() {
    [ "$(id -u)" -eq 0 ] || stop "$1 需要 root：sudo sh install.sh …" "$1 needs root: sudo sh install.sh …"
}

# Debian's packages from this folder, by apt, which takes only what is missing.
install_packages() {
    need_root --packages
    wanted=$(fact packages)
    [ -n "$wanted" ] || stop "这个安装包里没有系统软件包（--no-system）。" \
        "This bundle holds no system packages (it was made with --no-system)."
    # shellcheck disable=SC1091
    system=$(. /etc/os-release && printf '%s-%s' "${ID:-linux}" "${VERSION_ID:-unknown}")
    [ "$system" = "$(fact system)" ] || stop \
        "软件包是给 $(fact system) 的，这台机器是 $system。" \
        "The packages are for $(fact system); this machine is $system."
    say "安装软件包 / installing packages: $wanted"
    lists=$(mktemp -d)
    mkdir -p "$lists/lists/partial" "$lists/archives/partial"
    # A folder whose name has blanks cannot be named in a list of sources.
    ln -s "$here/debs" "$lists/debs"
    printf 'deb [trusted=yes] file:%s ./\n' "$lists/debs" >"$lists/sources"
    apt() {
        DEBIAN_FRONTEND=noninteractive apt-get -qq \
            -o Dir::Etc::sourcelist="$lists/sources" -o Dir::Etc::sourceparts=/dev/null \
            -o Dir::State::lists="$lists/lists" -o Dir::Cache::archives="$lists/archives" \
            -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
    }
    settings=/etc/postgresql-common/createcluster.conf
    failed=no
    apt update || failed=yes
    if [ $failed = no ] && [ ! -e $settings ]; then
        # Debian's package starts a server of its own; geoapp runs a private one.
        apt install --yes --no-install-recommends postgresql-common || failed=yes
        if [ $failed = no ]; then
            sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' $settings
        fi
    fi
    if [ $failed = no ]; then
        # shellcheck disable=SC2086
        apt install --yes --no-install-recommends $wanted || failed=yes
    fi
    rm -rf "$lists"
    [ $failed = no ] || stop "apt 没有装成，见上文。" "apt did not install them; see above."
}

fits() {
    [ "$("$1" -c 'import ensurepip, venv, sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$(fact python)" ]
}

find_python() {
    wanted=$(fact python)
    if [ -n "$python" ]; then
        fits "$python" || stop "$python 不是带 venv 的 Python $wanted。" "$python is not a Python $wanted with venv."
        return 0
    fi
    for python in "python$wanted" python3 "/usr/bin/python$wanted" /usr/bin/python3; do
        if fits "$python"; then return 0; fi
    done
    stop "需要带 venv 的 Python $wanted：apt-get install python$wanted python$wanted-venv，或加 --packages。" \
        "Python $wanted with venv is needed: apt-get install python$wanted python$wanted-venv, or add --packages."
}

has_postgis() {
    for folder in /usr/lib/postgresql/*/bin; do
        version=${folder%/bin}
        version=${version##*/}
        if [ -x "$folder/postgres" ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then return 0; fi
    done
    return 1
}

need_postgis() {
    if [ -n "${DATABASE_URL:-}" ] || [ -n "${GEOAPP_PG_BIN:-}" ] || has_postgis; then return 0; fi
    stop "没有 PostGIS：Debian 12 装 postgresql-15-postgis-3，Ubuntu 24.04 装 postgresql-16-postgis-3，或加 --packages。" \
        "PostGIS is missing: postgresql-15-postgis-3 on Debian 12, postgresql-16-postgis-3 on Ubuntu 24.04, or add --packages."
}

# The environment of this bundle, at a place of its own; what was cut off is made anew.
make_version() {
    if [ -e "$target/.complete" ]; then
        say "已经装过 / is installed already: $target"
        return 0
    fi
    say "安装到 / installing to $target"
    rm -rf "$target"
    "$python" -m venv "$target"
    # No setting of this machine may send pip to a registry.
    PIP_CONFIG_FILE=/dev/null "$target/bin/python" -m pip --isolated --quiet --no-input \
        --disable-pip-version-check install --root-user-action=ignore --no-index --no-deps \
        --only-binary :all: --find-links "$here/wheels" --require-hashes \
        --requirement "$here/requirements.lock"
    said=$("$target/bin/geoapp" --version)
    "$target/bin/python" -c 'import geoapp.app'
    say "$said"
    : >"$target/.complete"
}

# point NAME VERSION: make a link of the prefix lead to a version, in one step.
point() {
    rm -f "$prefix/.$1.new"
    ln -s "versions/$2" "$prefix/.$1.new"
    mv -T "$prefix/.$1.new" "$prefix/$1"
}

switch_over() {
    before=$(readlink "$prefix/current" || :)
    before=${before#versions/}
    [ "$before" != "$id" ] || return 0
    if [ -n "$before" ]; then point previous "$before"; fi
    point current "$id"
    if [ -n "$before" ]; then
        say "之前的版本留着 / the version before is kept: $prefix/versions/$before"
    fi
}

install_commands() {
    mkdir -p "$prefix/bin"
    ln -sfn ../current/bin/geoapp "$prefix/bin/geoapp"
    cp "$here/README-INSTALL.md" "$prefix/README-INSTALL.md"
    link=/usr/local/bin/geoapp
    # In everybody's path for the usual place only; what is not ours there stays.
    if [ "$prefix" = /opt/geoapp ] && [ "$(id -u)" -eq 0 ] && { [ ! -e $link ] || [ -h $link ]; }; then
        mkdir -p /usr/local/bin
        ln -sfn "$prefix/bin/geoapp" $link
    fi
}

install_service() {
    if ! id geoapp >/dev/null 2>&1; then
        useradd --system --user-group --home-dir /var/lib/geoapp --shell /usr/sbin/nologin geoapp
        say "建立了用户 geoapp / made the user geoapp"
    fi
    mkdir -p /etc/geoapp
    if [ ! -e "$env_file" ]; then
        # It may come to hold passwords.
        install -m 0640 -g geoapp "$here/deploy/systemd/geoapp.env" "$env_file"
    fi
    open_archive
    for unit in "$here"/deploy/systemd/*.service "$here"/deploy/systemd/*.timer; do
        sed "s|/opt/geoapp/|$prefix/|g" "$unit" >"$units/${unit##*/}"
    done
    sed "s|/opt/geoapp/|$prefix/|g" "$here/deploy/systemd/geoapp-as-service" >"$prefix/bin/geoapp-as-service"
    chmod 0755 "$prefix/bin/geoapp-as-service"
    if [ ! -d /run/systemd/system ]; then
        say "这里没有运行 systemd：单元已写好，没有启动 / systemd does not run here: units written, not started"
        return 0
    fi
    systemctl daemon-reload
    systemctl enable --quiet geoapp.service geoapp-backup.timer
    systemctl start geoapp-backup.timer
    systemctl restart geoapp.service
    if is_ready; then
        say "服务已启动 / the service has started"
        return 0
    fi
    if [ -n "$before" ] && [ "$before" != "$id" ]; then
        point current "$before"
        systemctl restart geoapp.service
        stop "新版本没有启动，已换回 $before；原因：journalctl -u geoapp" \
            "The new version did not start; $before is back in its place. Why: journalctl -u geoapp"
    fi
    stop "服务没有启动；原因：journalctl -u geoapp" "The service did not start. Why: journalctl -u geoapp"
}

# Let the services write to the folder of the log, which the settings name; that of --archive is made.
open_archive() {
    if [ -n "$archive" ]; then
        case $archive in
            /*) ;;
            *) stop "--archive 要写全路径：$archive" "--archive wants a whole path: $archive" ;;
        esac
        [ -d "$archive" ] || install -d -m 0700 -o geoapp -g geoapp "$archive"
        if ! grep -qxF "GEOAPP_WAL_ARCHIVE=$archive" "$env_file"; then
            ! grep -q '^GEOAPP_WAL_ARCHIVE=' "$env_file" || stop \
                "$env_file 里已有另一个 GEOAPP_WAL_ARCHIVE，没有改。" \
                "$env_file names another GEOAPP_WAL_ARCHIVE; it was not changed."
            printf 'GEOAPP_WAL_ARCHIVE=%s\n' "$archive" >>"$env_file"
        fi
    fi
    archive=$(sed -n 's/^GEOAPP_WAL_ARCHIVE=//p' "$env_file" | tail -n 1)
    # A backup may be what starts the database.
    for unit in geoapp geoapp-backup; do
        rm -f "$units/$unit.service.d/archive.conf"
        [ -n "$archive" ] || continue
        mkdir -p "$units/$unit.service.d"
        # systemd reads % and what stands behind \ as its own.
        printf '[Service]\nReadWritePaths="%s"\n' \
            "$(printf '%s' "$archive" | sed 's/%/%%/g; s/\\/\\\\/g; s/"/\\"/g')" \
            >"$units/$unit.service.d/archive.conf"
    done
}

# Wait for the service to say that it can answer; two minutes are enough for 200,000 facilities.
is_ready() {
    port=$(sed -n 's/^GEOAPP_PORT=//p' "$env_file" | tail -n 1)
    tries=0
    while [ $tries -lt 120 ]; do
        if "$prefix/current/bin/python" -c 'import sys, urllib.request as r
r.build_opener(r.ProxyHandler({})).open("http://127.0.0.1:%s/readyz" % sys.argv[1], timeout=5)' \
            "${port:-8000}" 2>/dev/null; then return 0; fi
        if systemctl is-failed --quiet geoapp.service; then return 1; fi
        tries=$((tries + 1))
        sleep 1
    done
    return 1
}

check_files
[ "$(uname -m)" = "$(fact machine)" ] ||
    stop "这个安装包是给 $(fact machine) 的，这台机器是 $(uname -m)。" \
        "This bundle is for $(fact machine); this machine is $(uname -m)."
[ $systemd = no ] || need_root --systemd
[ -z "$archive" ] || [ $systemd = yes ] || { usage >&2; exit 2; }
[ $packages = no ] || install_packages
find_python
need_postgis
mkdir -p "$prefix/versions" 2>/dev/null || stop "无法写入 $prefix：请用 root，或以 --prefix 换一处。" \
    "$prefix cannot be written: be root, or name another place by --prefix."
prefix=$(CDPATH='' cd -- "$prefix" && pwd)
exec 9>"$prefix/.installing"
flock -n 9 || stop "另一个 install.sh 正在写 $prefix。" "Another install.sh is writing to $prefix."
# The lock names every file by its hash: another content is another version.
id=$(fact version)-$(sha256sum "$here/requirements.lock" | cut -c 1-8)
target=$prefix/versions/$id
before=
make_version
switch_over
install_commands
[ $systemd = no ] || install_service
say "完成 / done: $prefix/bin/geoapp"
if [ $systemd = yes ]; then
    say "检查 / check: $prefix/bin/geoapp-as-service doctor"
else
    say "接着 / next: $prefix/bin/geoapp init; $prefix/bin/geoapp doctor; $prefix/bin/geoapp serve"
fi
