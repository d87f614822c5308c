# What scripts/check and scripts/build share: the tools, their environment, and how a step is shown.

# Puts sets of tools onto the PATH, installing each that its list does not match: the set `build` is
# the whole tree of Python packages in scripts/tools/build.txt and stands in .venv/build.
tools() {
    local set
    for set in "$@"; do
        if ! cmp -s "scripts/tools/$set.txt" ".venv/$set/installed.txt"; then
            step "tools into .venv/$set" install_tools "$set"
        fi
        PATH="$PWD/.venv/$set/bin:$PATH"
    done
}

install_tools() {
    local list="scripts/tools/$1.txt" folder=".venv/$1"
    rm -rf "$folder"
    python3 -c 'import sys; sys.exit("needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)' &&
        python3 -m venv "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$list" &&
        cp "$list" "$folder/installed.txt"
}

# Nothing of the machine's AWS set-up is used and nothing is sent to AWS.
environment() {
    export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    export AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0
    export PYTHONDONTWRITEBYTECODE=1
    export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}" no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"
    unset AWS_PROFILE AWS_ENDPOINT_URL
}

# Runs a command and says what it is, whether it held and how long it took.
step() {
    local name=$1 start=$SECONDS
    shift
    echo "==> $name"
    if "$@"; then
        echo "<== $name: ok, $((SECONDS - start)) s"
    else
        echo "<== $name: FAILED, $((SECONDS - start)) s" >&2
        exit 1
    fi
}
