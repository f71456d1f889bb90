# SPDX-License-Identifier: BSD-2-Clause
# A cloud for the tests of the ec2 commands: the stand-in of tests/ec2fake,
# and moto as a second opinion.  `load lib` comes first.
# shellcheck disable=SC2034  # what is set here is used there

python=/usr/bin/python3
MOTO=${MOTO:-${SRCDIR:-$BATS_TEST_DIRNAME/..}/build-deps/moto}
EC2_KEY=AKIAIOSFODNN7EXAMPLE
EC2_SECRET=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

# A test's own place, and none of the user's settings; for files without a
# fleet, which say setup_file() { :; }.
ec2_setup() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/home"
	export HOME=$T/home TZ=UTC0 LC_ALL=C.UTF-8 TERM=xterm
	cd "$T" || return
	ec2_forget
	exec </dev/null
}

# None of the user's own settings.
ec2_forget() {
	local name

	for name in $(compgen -e | grep -E '^(AWS_|EC2_URL|CPEC2_)|_proxy$|_PROXY$')
	do
		unset "$name"
	done
	# nor is this machine a master
	export CPSSH_TERMINATE_HOOK=none
	# nobody's metadata by accident: nothing listens there
	export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1
}

# ec2_start [OPTION...] [COMMAND...]: a cloud, whose control.py has the
# COMMANDs, and the environment that leads there.  Sets EC2_API, EC2_IMDS,
# EC2_CONTROL (and EC2_TLS) to its ports.
ec2_start() {
	local name port dir

	dir=$(scope)
	mkfifo "$dir/ec2.fifo"
	: >"$dir/ec2.log"
	$python -B "${SRCDIR:-$BATS_TEST_DIRNAME/..}/tests/ec2fake" \
	    --log "$dir/ec2.log" "$@" >"$dir/ec2.fifo" 2>"$dir/ec2.err" \
	    </dev/null 3>&- &
	remember $!
	while read -r name port; do	# until it has named them all
		declare -gx "EC2_${name^^}=$port"
	done <"$dir/ec2.fifo"
	rm "$dir/ec2.fifo"
	if [ -z "${EC2_API-}" ]; then
		cat "$dir/ec2.err" >&2
		return 1
	fi
	export EC2_LOG=$dir/ec2.log
	ec2_environment
}

# What a user would have set who works with this cloud.
ec2_environment() {
	ec2_forget
	export AWS_ACCESS_KEY_ID=$EC2_KEY AWS_SECRET_ACCESS_KEY=$EC2_SECRET
	export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
	export AWS_ENDPOINT_URL=http://127.0.0.1:$EC2_API
	export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:$EC2_IMDS
}

# fake WORD...: tells the cloud, and prints what it answers.
fake() {
	local answer word line=

	for word; do
		line+=" '${word//\'/\'\\\'\'}'"
	done
	exec 9<>"/dev/tcp/127.0.0.1/$EC2_CONTROL"
	printf '%s\n' "$line" >&9
	read -r answer <&9
	exec 9>&-
	if [[ $answer != ok* ]]; then
		echo "fake $*: $answer" >&2
		return 1
	fi
	answer=${answer#ok}
	[ -z "${answer# }" ] || echo "${answer# }"
}

# calls ACTION: how many such requests came.
calls() { grep -c "^{\"action\": \"$1\"" "$EC2_LOG" || :; }

# the_call ACTION: the last of them, as JSON.
the_call() { grep "^{\"action\": \"$1\"" "$EC2_LOG" | tail -n 1; }

# called ACTION REGEX: the last of them was so.
called() {
	the_call "$1" | grep -qP -- "$2" ||
		explain "no $1 with $2: $(the_call "$1")"
}

# uncalled ACTION REGEX: it was not.
uncalled() {
	! the_call "$1" | grep -qP -- "$2" ||
		explain "$1 with $2: $(the_call "$1")"
}

# page_is_whole COMMAND: its manual page has the options of --help, no others.
page_is_whole() {
	"$BUILDDIR/$1" --help | grep -oE '(^| )--?[a-zA-Z][a-z0-9-]*' |
	    tr -d ' ' | sort -u >"$T/help"
	grep '^\.It Fl' "$SRCDIR/man/$1.1" |
	    sed 's/Fl Fl /\n--/g; s/Fl /\n-/g' |
	    grep -oE '^--?[a-zA-Z][a-z0-9-]*' | sort -u >"$T/page"
	diff "$T/help" "$T/page"
}

# moto_start: the same environment, with moto as the cloud.
moto_start() {
	local name one two dir

	if [ ! -d "$MOTO/lib" ]; then
		echo "no moto in $MOTO: run scripts/get-moto"
		return 1
	fi >&2
	dir=$(scope)
	mkfifo "$dir/moto.fifo"
	PYTHONPATH=$MOTO/lib $python -B \
	    "${SRCDIR:-$BATS_TEST_DIRNAME/..}/tests/motoserver.py" \
	    >"$dir/moto.fifo" 2>"$dir/moto.err" </dev/null 3>&- &
	remember $!
	ec2_forget
	export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
	while read -r name one two; do
		case $name in
		api) export AWS_ENDPOINT_URL=http://127.0.0.1:$one ;;
		key) export AWS_ACCESS_KEY_ID=$one AWS_SECRET_ACCESS_KEY=$two ;;
		esac
	done <"$dir/moto.fifo"
	rm "$dir/moto.fifo"
	[ -n "${AWS_SECRET_ACCESS_KEY-}" ] || {
		cat "$dir/moto.err" >&2
		return 1
	}
}

# The stock client, by which the servers are judged as well.
aws() {
	if [ ! -x "${AWS:-/usr/bin/aws}" ]; then
		echo "no ${AWS:-/usr/bin/aws}: Debian's package is awscli" >&2
		return 1
	fi
	AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER='' \
	    command "${AWS:-/usr/bin/aws}" \
	    --endpoint-url "$AWS_ENDPOINT_URL" "$@"
}
