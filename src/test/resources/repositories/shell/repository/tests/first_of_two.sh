. ./words.sh
[ "$(first a b)" = a ]
