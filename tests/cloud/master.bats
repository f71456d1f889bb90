# SPDX-License-Identifier: BSD-2-Clause
# A master and its workers with all that runs on them: newmaster, Puppet's
# server and agents, munin-update and munin-node, nginx.  One master for all
# tests, in the order in which they stand.
# shellcheck disable=SC2016,SC2034,SC2086  # machines expand; words they are

load lib
load ../master

setup_file() { cloud_up --services; }
teardown_file() { cloud_down; }
setup() {
	cloud_setup
	CSR=$BUILDDIR/ec2-csr
	KEPT=$BATS_FILE_TMPDIR
	L=$(run sh -c 'dirname "$(command -v ec2-hosts)"')
	STATE=${L%/bin}/var/lib/cpssh
	CREDS=${L%/bin}/etc/cpssh/creds.cfg
	L=${L%/bin}/libexec/cpssh
	CA=/etc/puppet/puppetserver/ca
	MASTER=$(run hostname -f)
}

# on MACHINE SHELL-TEXT: as root there
on() { localcloud shell "$1" sh -c "$2"; }

# launch DIR [DATA...]: a machine as runtest's hook has it launched; its name
# is kept in $KEPT/DIR, its id in DIR.id.
launch() {
	local dir=$1 data='' one

	shift
	for one; do data+=" --data $one"; done
	run sh -c "mkdir '$dir' && $L/master-hook before-launch ~/$dir &&
	    ec2-launch -n 1 $KIND --run $dir $data --wait --for ssh \
	    --address private-dns --known-hosts $dir.known \
	    \$(sed 's/^/--data /' $dir/launch-data) >$dir/hosts &&
	    ec2-hosts --tag cpssh:run=$dir --format '{id}' >$dir/ids"
	run cat "$dir/hosts" | cut -d ' ' -f 1 >"$KEPT/$dir"
	run cat "$dir/ids" >"$KEPT/$dir.id"
}

# its NAME: the machine that was launched so
its() { cat "$KEPT/$1"; }

is_signed() { run test -s "$CA/signed/$1.pem"; }
is_unsigned() { run test ! -e "$CA/signed/$1.pem"; }
is_asking() { run test -s "$CA/requests/$1.pem"; }
has_said() { on "$1" "grep -qE '$2' /var/log/puppet/puppet.log"; }

# start UNIT: what it runs, as whom it runs that
start() {
	run sh -c 'of() { sed -n "s/^$1=//p" "/etc/systemd/system/'"$1"'"; }
	user=$(of User)
	exec setpriv --reuid ${user:-root} --regid ${user:-root} --init-groups \
	    $(of ExecStart)'
}

# changes: all that newmaster may write, as it is
changes() {
	run sh -c "find /etc/cron.d /etc/init.d /etc/munin /etc/nginx /etc/puppet \
	    /etc/systemd /home ${L%/libexec/*} -path $CA -prune -o \
	    -name lock -o -printf '%p %i %T@ %m %u\n' | sort; grep ^tc: /etc/passwd || :"
}

# ask_for NAME: whoever is on the worker "early" sends the request that comes by
# the standard input; what the server answers is printed.
ask_for() {
	localcloud shell "$(its early)" curl -sk -X PUT --data-binary @- \
	    -H 'Content-Type: text/plain' -w ' %{http_code}' \
	    "https://$MASTER:8140/puppet-ca/v1/certificate_request/$1"
}

# refused NAME KEYFILE ID PROOF: such a request waits, and refresh, which looks
# at it again, does not sign it either.
refused() {
	request "$2" "$1" "$3" "$4" >"$T/csr"
	ask_for "$1" <"$T/csr" >"$T/answer"
	is_unsigned "$1"
	start cpssh-workers.service
	is_unsigned "$1"
}

@test "--check says what is missing, and nothing is made by that" {
	changes >"$T/before"
	exits 1 run "$L/newmaster" --check
	[ "$(grep -c '^newmaster: missing: ' "$T/err")" -ge 12 ] ||
		explain "$(cat "$T/err")"
	err_lacks 'missing: the packages'
	changes | diff "$T/before" -
}

@test "a master is made but for the services, which a policy forbids" {
	run sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d
	    chmod +x /usr/sbin/policy-rc.d'
	exits 4 run "$L/newmaster" --short-runs
	err_has 'NOW EDIT'
	exits 0 run stat -c '%a %U' "$CREDS"
	out_is '600 root'
	run sed -i '/EDIT THIS FILE/d; s/^region=/&us-east-1/
	s/^workerami=/&ami-12345678/; s/^instancetype=/&t3.micro/
	s/^keypair=/&localcloud/' "$CREDS"
	exits 0 run "$L/newmaster" --check --short-runs
	exits 0 run stat -c %U:%a $CA/ca_key.pem
	out_is puppet:640
	exits 1 run pgrep java
}

@test "a worker boots while Puppet's server is down, and goes on asking" {
	launch early
	exits 0 run "$L/master-hook" after-launch /root/early
	wait_until 60 has_said "$(its early)" 'Failed to open TCP connection'
	on "$(its early)" 'pgrep -f "puppet agent" && pgrep munin-node'
	localcloud console "$(its early)" >"$T/console"
	[ "$(grep -cE 'has not done|does not start' "$T/console")" = 0 ]
}

@test "once the server is there, that worker is signed, and has the test user" {
	run rm /usr/sbin/policy-rc.d
	exits 1 run "$L/newmaster" --check
	err_is 'newmaster: missing: puppetserver, munin-node and nginx running'
	exits 0 run "$L/newmaster" --short-runs
	exits 0 run "$L/newmaster" --check --short-runs
	[ ! -s "$T/err" ]
	wait_until 120 has_said "$(its early)" 'Applied catalog'
	is_signed "$(its early)"
	exits 0 on "$(its early)" 'id tc
	    stat -c %a:%U /home/tc/.ssh /home/tc/.ssh/authorized_keys
	    stat -c %a /var/local/workersecret'
	out_has '^uid=481\(tc\) gid=481\(tc\)'
	out_has '^700:tc$'
	out_counts 2 '^600'
	# the key is the master's
	exits 0 run sh -c "cp early.known /home/tc/.ssh/known_hosts && chown tc \
	    /home/tc/.ssh/known_hosts && runuser -u tc -- \
	    cpssh -H $(its early) -i 'id -un'"
	out_has '^tc$'
}

@test "run again, it changes nothing" {
	changes >"$T/before"
	exits 0 run "$L/newmaster" --short-runs
	[ ! -s "$T/err" ]
	changes | diff "$T/before" -
}

@test "an authority that is not the master's is not believed" {
	launch_victim
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/false.key" \
	    -out "$T/false.pem" -subj "/CN=$(its early)" 2>/dev/null
	cat "$T/false.key" "$T/false.pem" |
	    localcloud shell "$(its early)" sh -c 'cat >/root/false.pem'
	localcloud shell "$(its early)" /usr/bin/python3 -c '
import http.server, ssl, sys
class Master(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		pem = open("/root/false.pem").read()
		pem = pem[pem.index("-----BEGIN CERT"):].encode()
		self.send_response(200)
		self.send_header("Content-Type", "text/plain")
		self.send_header("Content-Length", str(len(pem)))
		self.end_headers()
		self.wfile.write(pem)
server = http.server.HTTPServer(("", 8140), Master)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/root/false.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()' 2>"$T/served" &
	server=$!
	wait_until 20 on "$(its early)" \
	    'openssl s_client -connect localhost:8140 </dev/null >/dev/null 2>&1'
	exits 1 on "$(its victim)" "puppet agent --onetime --no-daemonize \
	    --logdest console \
	    --server $(its early) --ssldir /root/ssl --waitforcert 0"
	says 'did not match expected digest'
	on "$(its early)" 'pkill python3'
	wait $server || :
	grep -q 'GET /puppet-ca/v1/certificate/ca' "$T/served"
	exits 1 on "$(its victim)" 'find /root/ssl -name ca.pem | grep .'
}

# launch_victim: a worker that the master knows, and has not asked yet.
launch_victim() {
	run sh -c "secret=\$($L/worker-secret new)
	    sum=\$(sha256sum $CA/ca_crt.pem)
	    id=\$(ec2-launch -n 1 $KIND --run victim \
		--data workersecret=@\$secret --data cafingerprint=\${sum%% *})
	    $L/worker-secret bind \$secret \$id && echo \$id
	    ec2-hosts --tag cpssh:run=victim --wait 1 --for ssh \
		--known-hosts victim.known --address private-dns" >"$T/launched"
	sed -n 1p "$T/launched" >"$KEPT/victim.id"
	sed -n 2p "$T/launched" | cut -d ' ' -f 1 >"$KEPT/victim"
	start cpssh-workers.service
	wait_until 20 on "$(its victim)" 'test -s /etc/puppet/csr_attributes.yaml'
}

@test "who guesses, copies or has another's secret gets no certificate" {
	name=$(its victim) id=$(its victim.id)
	other=$(on "$(its early)" 'cat /var/local/workersecret')
	secret=$(on "$name" 'cat /var/local/workersecret')
	openssl genrsa -out "$T/mine.pem" 2048 2>/dev/null
	# a name that is not there yet, and one that is
	refused ip-10-0-0-77.ec2.internal "$T/mine.pem" i-0123456789abcdef0 none
	is_asking ip-10-0-0-77.ec2.internal
	refused "$name" "$T/mine.pem" "$id" none
	# what cannot be right does not stand in the worker's way
	run test ! -e "$CA/requests/$name.pem"
	refused "$name" "$T/mine.pem" "$id" \
	    "$(proof "$other" "$id" "$name" "$T/mine.pem")"
	refused "$name" "$T/mine.pem" "$(its early.id)" \
	    "$(proof "$other" "$(its early.id)" "$name" "$T/mine.pem")"
	# the victim's own proof, seen on the way
	seen=$(on "$name" "sed -n 's/.*1.9.7: \"\(.*\)\"/\1/p' \
	    /etc/puppet/csr_attributes.yaml")
	[ -n "$seen" ]
	refused "$name" "$T/mine.pem" "$id" "$seen"
	run test ! -e "$CA/requests/$name.pem"
	# the worker itself is signed at once
	exits 0 on "$name" "puppet agent --onetime --no-daemonize \
	    --server $MASTER --noop --waitforcert 0"
	is_signed "$name"
}

@test "after that, neither the request again nor another key gets one" {
	name=$(its victim) id=$(its victim.id)
	secret=$(on "$name" 'cat /var/local/workersecret')
	run cat "$CA/signed/$name.pem" >"$T/signed"
	on "$name" 'cat /var/lib/puppet/ssl/certificate_requests/*.pem \
	    2>/dev/null || :' >"$T/csr"
	openssl genrsa -out "$T/mine.pem" 2048 2>/dev/null
	request "$T/mine.pem" "$name" "$id" \
	    "$(proof "$secret" "$id" "$name" "$T/mine.pem")" >"$T/second"
	for one in csr second; do
		[ -s "$T/$one" ] || continue
		ask_for "$name" <"$T/$one" >"$T/answer"
		grep -q ' 400$' "$T/answer" || explain "$(cat "$T/answer")"
	done
	run cat "$CA/signed/$name.pem" | cmp - "$T/signed"
	# not even if the first certificate is thrown away
	run puppetserver ca clean --certname "$name"
	ask_for "$name" <"$T/second" >"$T/answer"
	start cpssh-workers.service
	is_unsigned "$name"
}

@test "a request that came before its machine was known is signed by refresh" {
	launch late
	run sh -c "cd late && $L/worker-secret bind \$(readlink secret) \$(cat ids)"
	wait_until 60 is_asking "$(its late)"
	is_unsigned "$(its late)"
	exits 0 start cpssh-workers.service
	err_has 'signing the request'
	is_signed "$(its late)"
	wait_until 120 has_said "$(its late)" 'Applied catalog'
}

@test "the roles of a run are applied, with the software of each" {
	run sh -c 'cd /etc/puppet/code/environments/production &&
	    mkdir -p modules/loadgen/manifests &&
	    echo "class loadgen { file { \"/etc/loadgen\": content => \"x\" } }" \
		>modules/loadgen/manifests/init.pp &&
	    printf "cpssh::role_classes:\n  lg: [loadgen]\n" >>data/common.yaml &&
	    mkdir ~/plan && cd ~/plan &&
	    printf "%s\n" "roles lg=1 tomcat=rest" "stage look all" >plan.conf &&
	    printf "%s\n" "#!/bin/sh" "cat /etc/cpssh-role" "ls /etc/loadgen" \
		"pgrep -f \"puppet agent\" && id tc" >look && chmod +x look'
	exits 0 run "$L/runtest" --keep 3 /root/plan
	run sh -c 'cat runs/plan-*/roles/lg' | cut -d ' ' -f 1 >"$KEPT/lg"
	run sh -c 'cat runs/plan-*/roles/tomcat' | cut -d ' ' -f 1 |
	    sed -n 1p >"$KEPT/tomcat"
	exits 0 run sh -c "cat runs/plan-*/output/look/$(its lg)"
	out_has '^lg$'
	out_has '^/etc/loadgen$'
	out_has '^uid=481\(tc\)'
	exits 0 run sh -c "cat runs/plan-*/output/look/$(its tomcat)"
	out_has '^tomcat$'
	out_lacks '^/etc/loadgen$'
	out_has '^uid=481\(tc\)'
}

# graphed NAME: Munin has a value of it.  That these are ten seconds apart takes a
# machine with time for that.
graphed() {
	start cpssh-munin.service
	run rrdtool info "/var/lib/munin/workers/$1-load-load-g.rrd" |
	    grep -q 'last_ds = "[0-9]'
}

@test "Munin asks the workers each ten seconds, and nginx shows the graphs" {
	start cpssh-workers.service
	for name in "$(its early)" "$(its lg)" "$(its tomcat)"; do
		wait_until 60 graphed "$name"
		exits 0 run rrdtool info \
		    "/var/lib/munin/workers/$name-load-load-g.rrd"
		out_has '^step = 10$'
	done
	exits 0 run sh -c 'as="setpriv --reuid munin --regid munin --init-groups"
	    $as /usr/share/munin/munin-limits
	    $as /usr/share/munin/munin-html &&
	    $as /usr/share/munin/munin-graph --cron --service load'
	exits 0 on "$(its early)" "curl -sf http://$MASTER:8080/ &&
	    curl -sf -o /root/load.png \
		http://$MASTER:8080/workers/$(its lg)/load-day.png &&
	    od -c /root/load.png | sed 1q"
	out_has "workers/$(its tomcat)/index.html"
	out_has 'P +N +G'
	exits 22 on "$(its early)" "curl -sf http://$MASTER:8080/../munin.conf \
	    --path-as-is"
}

# is_revoked PEM
is_revoked() {
	serial=$(openssl x509 -in "$1" -noout -serial)
	run cat "$CA/ca_crl.pem" | openssl crl -noout -text |
	    grep -qi "Serial Number: *0*${serial#*=}\$"
}

@test "what is ended is gone from Puppet and Munin" {
	name=$(its early)
	run cat "$CA/signed/$name.pem" >"$T/early.pem"
	exits 0 run ec2-terminate --run early --yes --wait
	is_unsigned "$name"
	is_revoked "$T/early.pem"
	exits 0 run cat /etc/munin/munin-conf.d/cpssh-workers.conf
	out_lacks "$name"
	out_has ";$(its lg)\\]"
	# and what else is there is as it was
	is_signed "$(its lg)"
	run cat "$CA/signed/$(its lg).pem" >"$T/lg.pem"
	status=0
	is_revoked "$T/lg.pem" || status=$?
	[ $status = 1 ]
}

@test "a run that shrinks takes what is left over with it" {
	run sh -c 'cut -d " " -f 1 runs/plan-*/hosts' >"$T/before"
	exits 0 run sh -c "$L/runtest --shrink 2 runs/plan-*"
	run sh -c 'cut -d " " -f 1 runs/plan-*/hosts' >"$T/after"
	[ "$(wc -l <"$T/after")" = 2 ]
	run cat /etc/munin/munin-conf.d/cpssh-workers.conf >"$T/munin"
	while read -r name; do
		if grep -qx "$name" "$T/after"; then
			is_signed "$name"
			grep -q ";$name\]" "$T/munin"
		else
			is_unsigned "$name"
			[ "$(grep -c "$name" "$T/munin")" = 0 ]
		fi
	done <"$T/before"
}
