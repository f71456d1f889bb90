# SPDX-License-Identifier: BSD-2-Clause
# OpenSSH 10: every algorithm that both sides have, each alone.

load lib
load interop

setup_file() {
	interop_start fleet10_start "$OPENSSH10/bin/ssh" 'PerSourcePenalties no'
}

@test "every key exchange method alone" { every_kex_alone; }
@test "every cipher alone" { every_cipher_alone; }
@test "every MAC alone" { every_mac_alone; }
@test "every kind of host key alone" { every_host_key_alone; }
