#!/bin/sh
# The steps of the action: create, wait, delete. Needs curl and jq, which GitHub's runners have. Inputs are in the
# environment, as action.yml puts them there; outputs go to GITHUB_OUTPUT, and what people read to GITHUB_STEP_SUMMARY.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
answer=$scratch/answer

# One line of a workflow command, and the end.
die() {
  printf '::error title=gochron::%s\n' "$(printf %s "$1" | sed 's/%/%25/g; s/\r/%0D/g' | awk 'NR > 1 { printf "%%0A" } { printf "%s", $0 }')"
  exit 1
}

output() {
  end=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"${GITHUB_OUTPUT:-/dev/null}"
}

cell() { printf %s "$1" | tr '\r\n' '  ' | sed 's/[\\|`<>]/\\&/g'; }
summary() { printf '%s\n' "$@" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

is_number() { case $2 in '' | *[!0-9]*) die "$1 takes a number, not '$2'" ;; esac; }

# ask METHOD PATH [curl arguments]: the answer is in $answer, its status in $code. What is only for now is asked again,
# as late as the server says. The token is in no list of processes.
ask() {
  verb=$1 where=$2
  shift 2
  why="${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}"
  code=$(printf 'header = "Authorization: Bearer %s"\n' "$GOCHRON_TOKEN" |
    curl -sS -K - -X "$verb" -H "X-Gochron-Change-Reason: $why" -A gochron-action --proto '=http,https' \
      --retry 8 --retry-connrefused --connect-timeout 10 -o "$answer" -w '%{http_code}' "$@" \
      "${GOCHRON_URL%/}$where" 2>"$scratch/trouble") || die "$GOCHRON_URL cannot be reached: $(cat "$scratch/trouble")"
}

# What the server says is wrong, all of it.
refused() {
  jq -er '[.detail] + [.errors[]? | "\(.pointer): \(.detail)"] | join("\n")' "$answer" 2>/dev/null ||
    printf 'the server answered %s, not as gochron does: is the URL right?' "$code"
}

# The path of $MONITOR; by its key when it is no id.
monitor_path() {
  [ -n "$MONITOR" ] || die "monitor is not given: it is what the step with 'create' has put out"
  case $MONITOR in
    *[!a-z0-9._-]*) die "monitor is no id and no key: $MONITOR" ;;
  esac
  if ! printf %s "$MONITOR" | grep -Eqx 'mon_[0-7][0-9a-hjkmnp-tv-z]{25}'; then
    ask GET "/api/monitors/by-key/$MONITOR" --path-as-is
    [ "$code" != 404 ] || return 1
    [ "$code" = 200 ] || die "$(refused)"
    MONITOR=$(jq -r .id "$answer")
  fi
  path=/api/monitors/$MONITOR
}

# Paused, for the version before is none of its business. With the same key again it is the same check.
create() {
  is_number interval-seconds "$INTERVAL_SECONDS"
  is_number ttl-seconds "$TTL_SECONDS"
  case $KEY in '' | *[!a-z0-9._-]*) die "key takes a to z, 0 to 9, '.', '_' and '-', not '$KEY'" ;; esac
  if [ -n "$BODY" ]; then
    printf %s "$BODY" | jq -e 'type == "object"' >/dev/null 2>&1 || die "body is no JSON object"
  else
    [ -n "$TARGET_URL" ] || die "target-url is not given"
    BODY=$(jq -n --arg url "$TARGET_URL" --arg keyword "$KEYWORD" --argjson every "$INTERVAL_SECONDS" '{type: "http",
      interval_seconds: $every, timeout_ms: ([10000, $every * 1000 - 100] | min), http: ({url: $url} +
      if $keyword == "" then {} else {required_keyword: $keyword} end)}')
  fi
  printf %s "$BODY" | jq --arg name "${NAME:-$KEY}" --arg tags "$TAGS" --argjson ttl "$TTL_SECONDS" '{name: $name,
    tags: ($tags | split("[ \n]+"; "") | map(select(. != "")))} + . + {paused: true, ttl_seconds: $ttl}' >"$scratch/body"
  ask PUT "/api/monitors/by-key/$KEY" --path-as-is -H 'Content-Type: application/json' --data-binary "@$scratch/body"
  case $code in 200 | 201) ;; *) die "$(refused)" ;; esac
  MONITOR=$(jq -r .id "$answer")
  output monitor "$MONITOR"
  echo "the check is $MONITOR, paused; it ends by itself $(jq -r .expires_at "$answer")"
}

wait_for_it() {
  is_number stable-seconds "$STABLE_SECONDS"
  is_number timeout-seconds "$TIMEOUT_SECONDS"
  case $STATUS in '' | *[!a-z,]*) die "status takes names with commas between, not '$STATUS'" ;; esac
  monitor_path || die "there is no monitor $MONITOR"
  ask POST "$path/resume"
  [ "$code" = 200 ] || die "$(refused)"
  ask GET "$path/wait?status=$STATUS&stable_seconds=$STABLE_SECONDS&timeout_seconds=$TIMEOUT_SECONDS" \
    --max-time "$((TIMEOUT_SECONDS + 30))" --retry-max-time "$((TIMEOUT_SECONDS + 30))"
  [ "$code" = 200 ] || die "$(refused)"
  satisfied=$(jq -r .satisfied "$answer") status=$(jq -r .status "$answer") since=$(jq -r .status_since "$answer")
  reason=$(jq -r '.monitor.status_reason.message // ""' "$answer")
  output satisfied "$satisfied"
  output status "$status"
  output status-since "$since"
  output reason "$reason"
  summary "| check | status | since | reason |" "| --- | --- | --- | --- |" \
    "| $(cell "$(jq -r .monitor.name "$answer")") | $(cell "$status") | $(cell "$since") | $(cell "$reason") |"
  [ "$satisfied" = true ] || die "$status since $since${reason:+: $reason}"
  echo "$status since $since"
}

delete() {
  monitor_path || { echo "the check is gone already"; return; }
  ask DELETE "$path"
  case $code in
    204) echo "the check is deleted" ;;
    404) echo "the check is gone already" ;;
    *) die "$(refused)" ;;
  esac
}

case $COMMAND in
  create) create ;;
  wait) wait_for_it ;;
  delete) delete ;;
  *) die "command is create, wait or delete, not '$COMMAND'" ;;
esac
