# Functions on words; source this file.

# The first of the arguments.
first() {
  printf '%s\n' "${1-}"
}
