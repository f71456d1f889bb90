# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
#
# Of newmaster: what runs by itself on the master.

# units: those that are wanted here.
units()
{
	echo cpssh-workers.service cpssh-workers.timer
	[ "$short" = no ] || echo cpssh-munin.service cpssh-munin.timer
}
have_timers()
{
	same "$root/etc/cron.d/cpssh" "$paths_share/cron.d/cpssh" || return 1
	for unit in $(units); do
		same "$root/etc/systemd/system/$unit" \
		    "$paths_share/systemd/$unit" || return 1
		case $unit in
		*.timer)
			[ -L "$root/etc/systemd/system/timers.target.wants/$unit" ] ||
				return 1
			;;
		esac
	done
}
make_timers()
{
	wants=$root/etc/systemd/system/timers.target.wants
	mkdir -p "$wants" "$root/etc/cron.d"
	replace "$root/etc/cron.d/cpssh" <"$paths_share/cron.d/cpssh"
	for unit in $(units); do
		replace "$root/etc/systemd/system/$unit" \
		    <"$paths_share/systemd/$unit"
		case $unit in
		*.timer) ln -sfn "/etc/systemd/system/$unit" "$wants/$unit" ;;
		esac
	done
	if [ -z "$root" ] && [ -d /run/systemd/system ]; then
		systemctl daemon-reload
		for unit in $(units); do
			case $unit in
			*.timer) systemctl start "$unit" ;;
			esac
		done
	fi
}

# In an image, and where a policy-rc.d says so, somebody else starts them.
services='puppetserver munin-node nginx'
have_services()
{
	[ -z "$root" ] && [ ! -e /usr/sbin/policy-rc.d ] || return 0
	for service in $services; do
		if [ -d /run/systemd/system ]; then
			systemctl is-enabled -q "$service" &&
				systemctl is-active -q "$service" || return 1
		elif [ -x "/etc/init.d/$service" ]; then
			"/etc/init.d/$service" status >/dev/null 2>&1 ||
				return 1
		fi
	done
}
make_services()
{
	if [ -d /run/systemd/system ]; then
		# shellcheck disable=SC2086	# a list
		systemctl enable -q --now $services
		return
	fi
	for service in $services; do
		[ ! -x "/etc/init.d/$service" ] ||
			"/etc/init.d/$service" start >/dev/null || return 1
	done
}
