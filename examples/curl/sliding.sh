# curl with a session of one JWT. Source this file (bash or zsh), then use `jwt_curl` as you use curl.
#
#   JWT_FILE   where the token is kept, readable by you alone   (default: ~/.jwt-header)

# Sends the token, and keeps the X-JWT that comes back. All arguments are curl's; leave out --location, as the
# headers of every answer on the way would be taken for the server's.
jwt_curl() {
  local file=${JWT_FILE:-$HOME/.jwt-header} headers new status
  headers=$(mktemp) || return
  # Headers come from files, not from arguments, which every user of the machine can read.
  [ -e "$file" ] || (umask 077 && : >"$file") || return
  curl --silent --show-error --header "@$file" --dump-header "$headers" "$@"
  status=$?
  new=$(tr -d '\r' <"$headers" | sed -n 's/^[Xx]-[Jj][Ww][Tt]: *//p')
  if [ -n "$new" ]; then
    (umask 077 && printf 'Authorization: Bearer %s\n' "$new" >"$file.$$") && mv "$file.$$" "$file"
  fi
  rm -f "$headers"
  return "$status"
}

# Forgets the token. Log out first: jwt_curl --request POST "$SERVER/logout"
jwt_forget() {
  rm -f "${JWT_FILE:-$HOME/.jwt-header}"
}
