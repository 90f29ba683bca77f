# shellcheck shell=bash disable=SC2034   # http is for the caller
# How scripts ask an HTTP service, and what its answers mean for their exit status. To be sourced after script.bash.

# The user's language changes neither what [a-z] is nor what curl says.
export LC_ALL=C

# require_url OPTION URL: what goes there may be secret, so it is https, or stays on this machine.
require_url() {
    local rest='(:[0-9]{1,5})?(/[A-Za-z0-9._~/%-]*)?'
    [[ $2 =~ ^https://[A-Za-z0-9.-]+$rest$ || $2 =~ ^http://(127\.0\.0\.1|localhost|\[::1\])$rest$ ]] ||
        fail 64 "$1: neither https:// nor http:// on this machine, or with a query: $2"
}

# is_here URL: whether it is on this machine.
is_here() { [[ $1 =~ ^https?://(127\.0\.0\.1|localhost|\[::1\])([:/]|$) ]]; }

# ask METHOD URL: sends a request and leaves http, the status, and answer, the body. Its other options come on stdin, one
# a line as curl_option prints them: everybody can read the arguments of a process. The user's own file of options is
# left out, since it could have curl write down what it sends.
ask() {
    local reply status=0 last direct=()
    # Past any proxy: what may go unencrypted to this machine may not on its way to another.
    ! is_here "$2" || direct=(--noproxy '*')
    reply=$(curl --disable --config - --silent --proto =http,https --max-time 30 --user-agent activity-backfill \
        --write-out '\n%{http_code} %{errormsg}' "${direct[@]}" --request "$1" --url "$2") || status=$?
    last=${reply##*$'\n'} answer=${reply%$'\n'*}
    http=${last%% *}
    case $status in
        0) ;;
        # TLS, in curl's numbers: no connection, certificate, cipher, CA file, revoked, issuer, pinned key, status.
        35 | 51 | 58 | 59 | 60 | 77 | 80 | 82 | 83 | 90 | 91) fail 77 "$2: $(plain "${last#* }"); if a proxy is in between, name its CA in SSL_CERT_FILE" ;;
        *) fail 75 "$2: $(plain "${last#* }"); run the same command again later" ;;
    esac
}

# curl_option NAME VALUE: the line of a curl configuration that gives an option a value.
curl_option() {
    local value=${2//\\/\\\\}
    value=${value//\"/\\\"}
    printf '%s = "%s"\n' "$1" "${value//$'\n'/\\n}"
}

# require_answer WHERE CREDENTIALS: goes on when the service said yes; else ends with what its status means.
require_answer() {
    case $http in
        2??) ;;
        401 | 403) fail 77 "$1: $http: $(excerpt); check $2" ;;
        408 | 425 | 429 | 5??) fail 75 "$1: $http: $(excerpt); run the same command again in a quarter of an hour" ;;
        *) fail 78 "$1: $http: $(excerpt); check this address" ;;
    esac
}

# excerpt: the answer as far as it fits into a message.
excerpt() { plain "$answer"; }
