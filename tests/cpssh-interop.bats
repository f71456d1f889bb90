# SPDX-License-Identifier: BSD-2-Clause
# The system's OpenSSH: every algorithm that both sides have, each alone.

load lib
load interop

setup_file() { interop_start fleet_start ssh; }

@test "every key exchange method alone" { every_kex_alone; }
@test "every cipher alone" { every_cipher_alone; }
@test "every MAC alone" { every_mac_alone; }
@test "every kind of host key alone" { every_host_key_alone; }
